using AotBroker.Clients;

namespace AotBroker.Tests;

/// <summary>Masks, then lines of GITHUB_ENV, to the octet.</summary>
public sealed class GitHubEnvironmentFormatTests : FormatTest
{
    [Fact]
    public void Github_env_masks_every_secret_and_appends_between_delimiters()
    {
        string file = Machine.Home.Write("env", "BEFORE=1\n");
        Machine.Variables["GITHUB_ENV"] = file;
        OutputCredential secret = Fields(("key", "50%\r\nEVIL<<EOF\n::warning::x"), ("b", "c"));

        Assert.Equal("::add-mask::50%25%0D%0AEVIL<<EOF%0A::warning::x\n::add-mask::c\n", Written("github-env", secret));
        Assert.Equal("BEFORE=1\n", File.ReadAllText(file)); // Nothing is there before the runner knows what to mask.
        Formats.Finish("github-env", secret);

        string[] parts = File.ReadAllText(file).Split("ghadelimiter_");
        Assert.Equal(5, parts.Length);
        Assert.Equal("BEFORE=1\nDB_1_KEY<<", parts[0]);
        Assert.Equal(parts[1][..32] + "\n50%\r\nEVIL<<EOF\n::warning::x\n", parts[1]);
        Assert.Equal(parts[1][..32] + "\nDB_1_B<<", parts[2]);
        Assert.Equal(parts[3][..32] + "\nc\n", parts[3]);
        Assert.NotEqual(parts[1][..32], parts[3][..32]);

        // The runner warns of each mask of nothing.
        Assert.Equal("::add-mask::c\n", Written("github-env", Fields(("a", ""), ("b", "c"), ("d", " \n"))));
    }

    [Fact]
    public void Github_env_without_its_file_prints_nothing()
    {
        Expect.Error("AB0305", () => Written("github-env", Token()));
        Machine.Variables["GITHUB_ENV"] = Machine.Home["missing"];
        Expect.Error("AB0706", () => Formats.Finish("github-env", Token()));
    }
}
