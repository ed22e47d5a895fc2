using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>kubectl runs the broker as its exec plugin, and asks an API server with the token.</summary>
[Collection(Bursts.Name)]
public sealed class KubectlTests : ClientTest
{
    /// <summary>The first with the protocol's v1.</summary>
    private const string Version = "1.22";

    private const string Refusal = """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}""";

    private Imitation _server = null!;
    private string _authority = "";

    /// <summary>How many requests with a good token are refused all the same.</summary>
    private int _refusals;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        using Certificates certificates = new();
        _authority = certificates.AuthorityPem;
        _server = await ImitateAsync(AnswerAsync, certificates.Sign());
    }

    [ClientTheory("kubectl", Version)]
    [InlineData("v1")]
    [InlineData("v1beta1")]
    public async Task Ten_at_once_list_pods_with_one_exchange(string version)
    {
        await UseAsync(version);

        var results = await Sandbox.RunTogetherAsync(Many, _ => Kubectl("get", "pods", "--output", "name"));

        Assert.All(results, result => Assert.Equal("pod/web", result.Succeeded().Line));
        Assert.Equal(1, Tokens.Asked);
        Assert.Equal(Many, _server.Requests.Count(request => request.Path.EndsWith("/pods", StringComparison.Ordinal) && request.Authorization == "Bearer " + Tokens.Token));
    }

    [ClientFact("kubectl", Version)]
    public async Task After_a_401_kubectl_runs_it_anew_and_is_given_what_others_use_too()
    {
        // The protocol does not say why it is run.
        await UseAsync();
        _refusals = 1;

        var result = await Sandbox.RunAsync(Kubectl("get", "pods", "--output", "name"));

        Assert.Equal("pod/web", result.SucceededWithNotes().Line);
        Assert.Equal(["x", "x"], await File.ReadAllLinesAsync(Calls));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("kubectl", Version)]
    public async Task Where_the_exchange_is_refused_the_reason_is_on_standard_error()
    {
        await UseAsync();
        Tokens.Refusal = (400, """{"error":"invalid_grant","error_description":"the issuer is not trusted"}""");

        var results = await Sandbox.RunTogetherAsync(Many, _ => Kubectl("get", "pods"));

        Assert.All(results, result => Assert.Equal(1, result.ExitCode));
        Assert.All(results, result => result.Says("aotbroker: error[AB0501]").Says("the issuer is not trusted").Says("getting credentials: exec: executable"));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("kubectl", Version)]
    public async Task A_server_that_the_profile_does_not_serve_gets_no_token()
    {
        await UseAsync(hosts: "https://api.example.com:6443");

        var result = await Sandbox.RunAsync(Kubectl("get", "pods"));

        Assert.Equal(1, result.ExitCode);
        result.Says("aotbroker: error[AB0312]").Says($"is not for the server {_server.Url}");
        Assert.Equal(0, Tokens.Asked);
        Assert.All(_server.Requests, request => Assert.Null(request.Authorization));
    }

    /// <summary>A line for each time that it was run.</summary>
    private string Calls => Path.Combine(Sandbox.Root, "calls");

    private static Launch Kubectl(params string[] arguments) => new(arguments) { Program = ClientProgram.PathOf("kubectl", Version) };

    private async Task UseAsync(string version = "v1", string? hosts = null)
    {
        await UseProfileAsync("cluster", serves: new JsonObject { ["hosts"] = new JsonArray(hosts ?? _server.Authority) });
        var plugin = Sandbox.WriteFile("plugin", $"#!/bin/sh\necho x >>'{Calls}'\nexec '{PublishedBinary.Path}' \"$@\"\n", (UnixFileMode)0b111_000_000);
        Sandbox.Environment["KUBECONFIG"] = Sandbox.WriteFile("kubeconfig", $"""
            apiVersion: v1
            kind: Config
            current-context: local
            contexts:
            - name: local
              context:
                cluster: local
                user: cluster
            clusters:
            - name: local
              cluster:
                server: {_server.Url}
                certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(_authority))}
            users:
            - name: cluster
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/{version}
                  command: {plugin}
                  args: [get, --profile, cluster, --format, kubernetes]
                  interactiveMode: Never
                  provideClusterInfo: true
            """);
    }

    /// <summary>As much of an API server as it takes to list pods.</summary>
    private Task AnswerAsync(HttpContext http)
    {
        if (Tokens.Token is not { } token || http.Request.Headers.Authorization != "Bearer " + token || Interlocked.Decrement(ref _refusals) >= 0)
        {
            return Imitation.SayAsync(http, 401, Refusal);
        }

        return http.Request.Path.Value switch
        {
            "/version" => Imitation.SayAsync(http, 200, """{"major":"1","minor":"32","gitVersion":"v1.32.4"}"""),
            "/api" => Imitation.SayAsync(http, 200, """{"kind":"APIVersions","versions":["v1"]}"""),
            "/apis" => Imitation.SayAsync(http, 200, """{"kind":"APIGroupList","apiVersion":"v1","groups":[]}"""),
            "/api/v1" => Imitation.SayAsync(http, 200, """
                {"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","shortNames":["po"],"verbs":["get","list"]}]}
                """),
            "/api/v1/namespaces/default/pods" => Imitation.SayAsync(http, 200, """
                {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"default"}}]}
                """),
            _ => Imitation.SayAsync(http, 404, """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"not found","reason":"NotFound","code":404}"""),
        };
    }
}
