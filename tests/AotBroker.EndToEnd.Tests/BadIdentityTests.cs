using System.Text;
using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>An identity token that is no good is said to be so, before anything is sent; what is cached stays.</summary>
public sealed class BadIdentityTests : BrokerTest
{
    public static TheoryData<string, string, string> Contents => new()
    {
        { "empty", "AB0403", "is empty" },
        { "white space", "AB0403", "is empty" },
        { "oversized", "AB0404", "takes 16384 at most" },
        { "endless", "AB0404", "is larger than 256 KiB" },
        { "a file name", "AB0405", "is not a JWT" },
        { "JSON", "AB0405", "is not a JWT" },
        { "two parts", "AB0405", "is not a JWT" },
        { "four parts", "AB0405", "is not a JWT" },
        { "a payload that is no object", "AB0405", "is not a JWT" },
        { "binary", "AB0405", "is not a JWT" },
        { "two tokens", "AB0405", "is not a JWT" },
        { "expired", "AB0406", "expired 1 h ago" },
        { "not yet valid", "AB0407", "is not valid before" },
    };

    [Theory]
    [MemberData(nameof(Contents))]
    public async Task A_bad_token_is_an_error_with_a_cure(string what, string code, string message)
    {
        await CacheACredentialAsync();
        var entry = await File.ReadAllBytesAsync(Sandbox.EntryFile);
        Sandbox.WriteIdentity(Content(what));

        var result = await Sandbox.RunAsync("get", "--force-refresh");

        result.Failed(code, 4).Says(message);
        if (what != "oversized") // Its size is the service's matter.
        {
            result.Says(Path.Combine(Sandbox.Root, "identity/token"));
        }

        Assert.Equal(entry, await File.ReadAllBytesAsync(Sandbox.EntryFile));
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_missing_file_is_an_error_with_a_cure()
    {
        await CacheACredentialAsync();
        var entry = await File.ReadAllBytesAsync(Sandbox.EntryFile);
        File.Delete(Path.Combine(Sandbox.Root, "identity/token"));

        var result = await Sandbox.RunAsync("get", "--force-refresh");

        result.Failed("AB0402", 4).Says("No such file or directory").Says("mounted into this container");
        Assert.Equal(entry, await File.ReadAllBytesAsync(Sandbox.EntryFile));
    }

    [Theory]
    [InlineData("directory")]
    [InlineData("FIFO")]
    public async Task What_is_no_file_is_an_error_and_never_waited_for(string kind)
    {
        UseFederationVariables();
        var path = Path.Combine(Sandbox.Root, "identity/other");
        if (kind == "FIFO")
        {
            Posix.MakeFifo(path);
        }
        else
        {
            Directory.CreateDirectory(path);
        }

        Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = path;

        (await Sandbox.RunAsync("get")).Failed("AB0402", 4).Says(kind == "FIFO" ? "it is not a regular file" : "it is a directory");
    }

    [Fact]
    public async Task Where_the_identity_has_gone_a_cached_credential_is_not_served()
    {
        // Invariant 3: whose it is, is not to be seen any more.
        await CacheACredentialAsync();
        File.Delete(Path.Combine(Sandbox.Root, "identity/token"));

        (await Sandbox.RunAsync("get")).Failed("AB0402", 4).Says("No such file or directory");
    }

    [Fact]
    public async Task Where_an_expired_token_is_of_the_same_workload_a_cached_credential_is_served()
    {
        await CacheACredentialAsync();
        Sandbox.WriteIdentity(Content("expired"));

        (await Sandbox.RunAsync("get")).Succeeded();
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Theory]
    [InlineData(null, "AB0402", "is not set")]
    [InlineData("", "AB0403", "is empty")]
    [InlineData("a-literal-that-is-no-token-at-all", "AB0405", "is not a JWT")]
    public async Task A_bad_variable_is_an_error_with_a_cure(string? value, string code, string message)
    {
        Sandbox.WriteProfile("default", NewProfile(new JsonObject { ["source"] = "literal", ["variable"] = "THE_JOBS_TOKEN" }));
        if (value is { Length: > 0 })
        {
            Sandbox.AddSecret(value);
        }

        var result = await Sandbox.RunAsync(new Launch("get") { Variables = new Dictionary<string, string?> { ["THE_JOBS_TOKEN"] = value } });

        result.Failed(code, 4).Says("variable THE_JOBS_TOKEN").Says(message);
    }

    [Fact]
    public async Task A_token_where_a_files_path_is_expected_is_not_shown()
    {
        UseFederationVariables();
        Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = Sandbox.AddSecret(Endpoint.Issuer.Mint());

        (await Sandbox.RunAsync("get")).Failed("AB0305", 3).Says("ANTHROPIC_IDENTITY_TOKEN_FILE holds what looks like an identity token");
        Assert.DoesNotContain("eyJ", (await Sandbox.RunAsync("status")).OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_identity_at_all_says_how_to_name_one_and_what_was_looked_at()
    {
        UseFederationVariables();
        Sandbox.Environment.Remove("ANTHROPIC_IDENTITY_TOKEN_FILE");

        (await Sandbox.RunAsync("get")).Failed("AB0401", 4).Says("ANTHROPIC_IDENTITY_TOKEN_FILE").Says("`aotbroker identity` shows");
        Sandbox.Environment["GITHUB_ACTIONS"] = "true";
        (await Sandbox.RunAsync("get")).Failed("AB0401", 4).Says("id-token: write");
    }

    [Theory]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_URL")]
    [InlineData("ACTIONS_ID_TOKEN_REQUEST_TOKEN")]
    public async Task A_job_with_half_of_GitHubs_variables_is_told_which_is_missing(string missing)
    {
        UseGitHubVariables();
        Sandbox.Environment.Remove(missing);

        (await Sandbox.RunAsync("get")).Failed("AB0410", 4).Says($"but {missing} is not");
    }

    [Fact]
    public async Task A_request_token_that_GitHub_refuses_is_an_error_with_a_cure()
    {
        UseGitHubVariables();
        Sandbox.Environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Sandbox.AddSecret("not-the-request-token-of-this-job");

        (await Sandbox.RunAsync("get")).Failed("AB0409", 4).Says("answered 401").Says("id-token: write");
        Assert.Single(Endpoint.Events.At(EndpointPaths.GitHub));
    }

    private async Task CacheACredentialAsync()
    {
        UseFederationVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
    }

    private string Content(string what) => what switch
    {
        "empty" => "",
        "white space" => " \n\t\n",
        "oversized" => Endpoint.Issuer.Mint(new TokenRequest { Claims = new Dictionary<string, object?> { ["padding"] = new string('x', 16 * 1024) } }),
        "endless" => new string('x', 1024 * 1024),
        "a file name" => "/var/run/secrets/tokens/anthropic",
        "JSON" => $$"""{"jwt":"{{Endpoint.Issuer.Mint()}}"}""",
        "two parts" => string.Join('.', Endpoint.Issuer.Mint().Split('.')[..2]),
        "four parts" => Endpoint.Issuer.Mint() + ".more",
        "a payload that is no object" => string.Join('.', Endpoint.Issuer.Mint().Split('.') is var parts ? [parts[0], "WzFd", parts[2]] : []),
        "binary" => Encoding.Latin1.GetString([0, 1, 2, 255, 254]),
        "two tokens" => Endpoint.Issuer.Mint() + "\n" + Endpoint.Issuer.Mint(),
        "expired" => Endpoint.Issuer.Mint(new TokenRequest { IssuedAtOffset = TimeSpan.FromHours(-2), Lifetime = TimeSpan.FromHours(1) }),
        "not yet valid" => Endpoint.Issuer.Mint(new TokenRequest { NotBeforeOffset = TimeSpan.FromMinutes(4) }),
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };
}
