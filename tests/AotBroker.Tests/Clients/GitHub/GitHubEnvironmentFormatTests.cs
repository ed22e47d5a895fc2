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

    [Theory]
    [InlineData(null, "oauth-2025-04-20", null, "anthropic-beta: oauth-2025-04-20")]
    [InlineData("one", "one,oauth-2025-04-20", "X-Mine: 1", "X-Mine: 1\nanthropic-beta: oauth-2025-04-20")]
    [InlineData("oauth-2025-04-20", "oauth-2025-04-20", "anthropic-beta: oauth-2025-04-20", "anthropic-beta: oauth-2025-04-20")]
    public void Github_env_hands_on_what_Anthropic_s_clients_need_beside_the_token(string? betas, string expectedBetas, string? headers, string expectedHeaders)
    {
        string file = Machine.Home.Write("env", "");
        Machine.Variables["GITHUB_ENV"] = file;
        Machine.Variables["ANTHROPIC_BETAS"] = betas;
        Machine.Variables["ANTHROPIC_CUSTOM_HEADERS"] = headers;
        OutputCredential token = Token() with { IsAnthropic = true };

        Assert.StartsWith("::add-mask::", Assert.Single(Written("github-env", token).Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
        Formats.Finish("github-env", token);

        string text = File.ReadAllText(file);
        Assert.Equal(3, text.Split('\n').Count(static line => line.Contains("<<", StringComparison.Ordinal)));
        Assert.Contains($"\n{expectedBetas}\n", text, StringComparison.Ordinal);
        Assert.Contains($"\n{expectedHeaders}\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Github_env_without_its_file_prints_nothing()
    {
        Expect.Error("AB0305", () => Written("github-env", Token()));
        Machine.Variables["GITHUB_ENV"] = Machine.Home["missing"];
        Expect.Error("AB0706", () => Formats.Finish("github-env", Token()));
    }
}
