using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Google's libraries, which run the broker for an identity token and exchange it themselves, each process anew: Google's
/// service takes one any number of times while it lives. So ten of them share one token of the platform, not one exchange.
/// Whoever wants one exchange has the broker make it, and hands on what came of it.
/// </summary>
[Collection(Bursts.Name)]
public sealed class GoogleTests : ClientTest
{
    private const string Audience = "//iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github";
    private const string Answer = "Google answered.";

    private readonly ConcurrentDictionary<string, string> _granted = [];
    private Imitation _google = null!;

    private string Question => _google.Url + "/v1/question";

    private int Exchanges => _google.Requests.Count(request => request.Path == "/v1/token");

    /// <summary>How many identity tokens the platform has made.</summary>
    private int Minted => Endpoint.Events.At(EndpointPaths.GitHub).Count;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _google = await ImitateAsync(AnswerAsync);
        UseGitHubVariables();
        Sandbox.WriteProfile("google", new JsonObject
        {
            ["identity"] = new JsonObject { ["source"] = "github-actions" },
            ["exchange"] = new JsonObject { ["type"] = "google-sts", ["audience"] = Audience, ["endpoint"] = _google.Url },
        });
        UseProgram($"{PublishedBinary.Path} get --profile google --format google", 30_000);
        Sandbox.Environment["GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES"] = "1";
        Sandbox.Environment["GOOGLE_CLOUD_PROJECT"] = "example";
        Sandbox.Environment["METADATA_SERVER_DETECTION"] = "none";
        Sandbox.Environment["NO_GCE_CHECK"] = "true";
    }

    /// <summary>The file for Google's libraries, with the program that gives the identity.</summary>
    private void UseProgram(string command, int patience) => Sandbox.Environment["GOOGLE_APPLICATION_CREDENTIALS"] = Sandbox.WriteFile("google/credentials.json", new JsonObject
    {
        ["type"] = "external_account",
        ["audience"] = Audience,
        ["subject_token_type"] = "urn:ietf:params:oauth:token-type:id_token",
        ["token_url"] = _google.Url + "/v1/token",
        ["credential_source"] = new JsonObject { ["executable"] = new JsonObject { ["command"] = command, ["timeout_millis"] = patience } },
    }.ToJsonString());

    private Launch Node => new(NodeClient.GoogleScript, Question) { Program = NodeClient.Node };

    private Launch Python => new(Path.Combine(PublishedBinary.RepositoryRoot, "tests/AotBroker.EndToEnd.Tests/Clients/Google/google_ask.py"), Question)
    {
        Program = GrpcFactAttribute.Python,
        Variables = new Dictionary<string, string?> { ["PYTHONPATH"] = GooglePythonFactAttribute.Packages, ["PYTHONDONTWRITEBYTECODE"] = "1" },
    };

    private Launch Dotnet => DotnetClient.Run("google-program", Question);

    [Fact]
    public Task Ten_processes_of_the_library_for_Node_share_one_identity_token() => AllAreAnsweredWithOneTokenAsync(Node);

    [GooglePythonFact]
    public Task Ten_processes_of_the_library_for_Python_share_one_identity_token() => AllAreAnsweredWithOneTokenAsync(Python);

    [Fact]
    public Task Ten_processes_of_the_library_for_NET_share_one_identity_token() => AllAreAnsweredWithOneTokenAsync(Dotnet);

    [Fact]
    public async Task Where_the_broker_exchanges_ten_processes_of_the_library_for_NET_share_one_exchange()
    {
        const string script = "exec env $(\"$0\" get --profile google --format env) \"$@\"";
        var client = DotnetClient.Run("google-token", Question);

        var results = await Sandbox.RunTogetherAsync(
            Many, _ => new Launch(["-c", script, PublishedBinary.Path, client.Program, .. client.Arguments]) { Program = "/bin/sh" });

        Assert.All(results, result => Assert.Equal(Answer, result.Succeeded().Line));
        Assert.Equal((1, 1), (Exchanges, Minted));
    }

    [Fact]
    public Task Where_there_is_no_identity_the_library_for_Node_says_why() => AllSayWhyAsync(Node);

    [GooglePythonFact]
    public Task Where_there_is_no_identity_the_library_for_Python_says_why() => AllSayWhyAsync(Python);

    [Fact]
    public Task Where_there_is_no_identity_the_program_for_NET_says_why() => AllSayWhyAsync(Dotnet);

    [Fact]
    public async Task The_library_for_NET_runs_no_program_by_itself()
    {
        // When it does, the page on Google has to say so.
        var result = await Sandbox.RunAsync(DotnetClient.Run("google-file", Question));

        Assert.Equal(1, result.ExitCode);
        result.Says("Unrecognized external credential configuration");
        Assert.Equal(0, Minted);
    }

    private async Task AllAreAnsweredWithOneTokenAsync(Launch client)
    {
        var results = await Sandbox.RunTogetherAsync(Many, _ => client);

        Assert.All(results, result => Assert.Equal(Answer, result.Succeeded().Line));
        Assert.Equal((Many, 1), (Exchanges, Minted));
        Assert.Single(_granted.Values.Distinct());
    }

    /// <summary>The job may not ask for a token: no process gets one, and one of ten was told so by the platform.</summary>
    private async Task AllSayWhyAsync(Launch client)
    {
        Endpoint.Faults.Add(FaultTarget.GitHub, Fault.Status(403), times: null);
        // The failure is remembered for some seconds, and the clients take longer than that to start on a loaded machine: it is
        // the broker that is called by all of them at the same instant.
        var gate = Sandbox.NewGate();
        var program = Sandbox.WriteFile("google/together.sh", $"{gate.ShellCommand}exec '{PublishedBinary.Path}' get --profile google --format google\n");
        UseProgram($"/bin/sh {program}", 120_000);

        var clients = Enumerable.Range(0, Many).Select(_ => Sandbox.Start(client)).ToArray();
        await gate.OpenWhenAsync(Many);
        var results = await Task.WhenAll(clients.Select(one => one.WaitAsync()));

        Assert.All(results, result => Assert.NotEqual(0, result.ExitCode));
        Assert.All(results, result => result.Says("AB0409").Says("id-token: write"));
        Assert.All(results, result => Assert.DoesNotContain("invalid response", result.ErrorText, StringComparison.Ordinal));
        Assert.Equal((0, 1), (Exchanges, Minted));
    }

    /// <summary>Google's STS, and an API that takes what it grants.</summary>
    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Path == "/v1/token")
        {
            var form = await http.Request.ReadFormAsync();
            var subject = form["subject_token"].ToString();
            if (form["audience"] != Audience || !Endpoint.Events.At(EndpointPaths.GitHub).Any(minted => minted.AssertionDigest == TokenDigest.Of(subject)))
            {
                await Imitation.SayAsync(http, 400, """{"error":"invalid_grant","error_description":"The subject token is not one of this provider."}""");
                return;
            }

            var token = Sandbox.AddSecret("ya29.d." + RandomNumberGenerator.GetHexString(64, lowercase: true));
            _granted[token] = subject;
            await Imitation.SayAsync(http, 200, $$"""{"access_token":"{{token}}","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3599}""");
            return;
        }

        var isKnown = http.Request.Headers.Authorization.ToString().Split(' ') is ["Bearer", var bearer] && _granted.ContainsKey(bearer);
        await Imitation.SayAsync(http, isKnown ? 200 : 401, isKnown ? Answer : "who are you?", "text/plain");
    }
}
