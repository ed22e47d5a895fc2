using System.Text;
using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>git clones over HTTP with what the broker exchanges, and tells it what was refused.</summary>
[Collection(Bursts.Name)]
public sealed class GitTests : ClientTest
{
    private const string AnyVersion = "2.30";

    /// <summary>The first that can be told a credential that is no password.</summary>
    private const string WithBearer = "2.46";

    private const string Basic = "Basic realm=\"git\"";
    private const string Bearer = "Bearer realm=\"git\"";

    private Imitation _server = null!;

    /// <summary>Whether the server lets nobody in, whatever it has let in before.</summary>
    private bool _isClosed;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Sandbox.Environment["GIT_CONFIG_NOSYSTEM"] = "1";
        Sandbox.Environment["GIT_TERMINAL_PROMPT"] = "0";
        Sandbox.WriteFile("work/file", "content\n");
        (await Sandbox.RunScriptAsync($"""
            set -e
            cd '{Sandbox.Root}/work'
            git init --quiet --initial-branch=main .
            git add file
            git -c user.name=A -c user.email=a@example.com commit --quiet --message=One
            git clone --quiet --bare . ../projects/example.git
            """)).SucceededWithNotes();
    }

    [ClientFact("git", AnyVersion)]
    public async Task Ten_clones_at_once_with_a_password_make_one_exchange()
    {
        await UseAsync(Basic);

        AllHaveTheFile(await CloneTogetherAsync(AnyVersion));

        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("git", WithBearer)]
    public async Task Ten_clones_at_once_with_a_bearer_token_make_one_exchange()
    {
        await UseAsync(Bearer);

        AllHaveTheFile(await CloneTogetherAsync(WithBearer));

        Assert.Equal(1, Tokens.Asked);
    }

    [ClientTheory("git", WithBearer)]
    [InlineData("basic")]
    [InlineData("bearer")]
    public async Task Where_the_server_takes_both_the_profile_says_which(string scheme)
    {
        await UseAsync($"{Bearer}, {Basic}", new JsonObject { ["scheme"] = scheme });

        (await CloneAsync(WithBearer)).SucceededWithNotes();

        Assert.StartsWith(scheme + " ", _server.Requests[^1].Authorization, StringComparison.OrdinalIgnoreCase);
    }

    [ClientFact("git", AnyVersion)]
    public Task A_password_that_was_refused_is_dropped_and_another_one_exchanged() => RefuseAndGoOnAsync(AnyVersion, Basic);

    [ClientFact("git", WithBearer)]
    public Task A_bearer_token_that_was_refused_is_dropped_and_another_one_exchanged() => RefuseAndGoOnAsync(WithBearer, Bearer);

    private async Task RefuseAndGoOnAsync(string version, string challenge)
    {
        await UseAsync(challenge);
        AllHaveTheFile(await CloneTogetherAsync(version));

        _isClosed = true; // Somebody has taken the token back.
        var refused = await Sandbox.RunAsync(Clone(version, "refused"));

        Assert.Equal(128, refused.ExitCode);
        refused.Says("Authentication failed");
        Assert.Empty(Sandbox.EntryFiles);

        _isClosed = false;
        NewIdentity();
        AllHaveTheFile(await CloneTogetherAsync(version, "again"), "again");
        Assert.Equal(2, Tokens.Asked);
    }

    [ClientFact("git", AnyVersion)]
    public async Task Where_the_exchange_is_refused_git_ends_with_the_reason_and_asks_nobody()
    {
        await UseAsync(Basic);
        Tokens.Refusal = (403, """{"code":7,"message":"token does not match trust policy"}""");

        var results = await CloneTogetherAsync(AnyVersion);

        Assert.All(results, result => Assert.Equal(128, result.ExitCode));
        Assert.All(results, result => result.Says("aotbroker: error[AB0503]").Says(".github/chainguard/release.sts.yaml").Says("told us to quit"));
        Assert.Equal(1, Tokens.Asked);
        Assert.All(_server.Requests, request => Assert.Null(request.Authorization));
    }

    [ClientFact("git", AnyVersion)]
    public async Task A_host_that_the_profile_does_not_serve_gets_no_token()
    {
        await UseAsync(Basic, new JsonObject { ["hosts"] = new JsonArray("127.0.0.1:1") });

        Assert.Equal(128, (await CloneAsync(AnyVersion)).ExitCode);

        Assert.Equal(0, Tokens.Asked);
        Assert.NotEmpty(_server.Requests);
        Assert.All(_server.Requests, request => Assert.Null(request.Authorization));
    }

    [ClientFact("git", AnyVersion)]
    public async Task It_is_found_by_the_name_of_its_link()
    {
        await UseAsync(Basic);
        var links = Sandbox.MakeDirectory("links");
        (await Sandbox.RunAsync("link", links)).Succeeded();
        Sandbox.Environment["PATH"] = $"{links}:{Sandbox.Environment["PATH"]}";
        Sandbox.WriteFile("home/.gitconfig", "[credential]\n\thelper = aotbroker\n");

        (await CloneAsync(AnyVersion)).SucceededWithNotes();
    }

    /// <summary>The server, and a profile that serves it by octo-sts.</summary>
    private async Task UseAsync(string challenge, JsonObject? serves = null)
    {
        GitServer server = new(Path.Combine(Sandbox.Root, "projects"))
        {
            Challenge = challenge,
            IsAccepted = authorization => !_isClosed && Tokens.Token is { } token && Acceptable(challenge, token).Contains(authorization),
        };
        _server = await ImitateAsync(server.AnswerAsync);
        serves ??= [];
        serves["hosts"] ??= new JsonArray(_server.Authority);
        await UseProfileAsync("code", """{"type":"octo-sts","url":"@URL@","scope":"example-org/example","identity":"release"}""", serves, "ghs_", """{"token":"@TOKEN@"}""");
        Sandbox.WriteFile("home/.gitconfig", $"[credential \"{_server.Url}\"]\n\thelper = !{PublishedBinary.Path} git\n");
    }

    private static IEnumerable<string> Acceptable(string challenge, string token)
    {
        if (challenge.Contains(Basic, StringComparison.Ordinal))
        {
            yield return "Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("x-access-token:" + token));
        }

        if (challenge.Contains(Bearer, StringComparison.Ordinal))
        {
            yield return "Bearer " + token;
        }
    }

    private Launch Clone(string version, string name) =>
        new("clone", "--quiet", _server.Url + "/example.git", Path.Combine(Sandbox.Root, name)) { Program = ClientProgram.PathOf("git", version) };

    private Task<ProcessResult> CloneAsync(string version) => Sandbox.RunAsync(Clone(version, "clone"));

    private Task<ProcessResult[]> CloneTogetherAsync(string version, string name = "clone") => Sandbox.RunTogetherAsync(Many, i => Clone(version, name + i));

    private void AllHaveTheFile(ProcessResult[] results, string name = "clone")
    {
        Assert.All(results, result => result.Succeeded());
        Assert.All(Enumerable.Range(0, Many), i => Assert.Equal("content\n", File.ReadAllText(Path.Combine(Sandbox.Root, $"{name}{i}/file"))));
    }
}
