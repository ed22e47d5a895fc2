using System.Text.Json.Nodes;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>AWS's clients, which run the broker as the profile's <c>credential_process</c> and sign with the keys that it prints.</summary>
[Collection(Bursts.Name)]
public sealed class AwsTests : ClientTest, IDisposable
{
    private const string AnyVersion = "1.29";
    private const string Exchange = "AssumeRoleWithWebIdentity";

    private readonly AwsImitation _aws = new(static () => "") { Distance = TimeSpan.FromMilliseconds(200) };

    private static Launch Dotnet => DotnetClient.Run("aws");

    private Launch Cli => new("sts", "get-caller-identity", "--endpoint-url", _aws.Url, "--query", "Arn", "--output", "text") { Program = ClientProgram.PathOf("aws", AnyVersion) };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        foreach (var secret in _aws.Secrets)
        {
            Sandbox.AddSecret(secret);
        }

        var identity = Endpoint.Issuer.Mint(new TokenRequest { Audience = "sts.amazonaws.com" });
        _aws.Trusts = token => token == identity;
        Sandbox.WriteProfile("deploy", new JsonObject
        {
            ["identity"] = new JsonObject { ["source"] = "file", ["path"] = Sandbox.WriteIdentity(identity) },
            ["exchange"] = new JsonObject { ["type"] = "aws-sts", ["role_arn"] = _aws.RoleArn },
        });
        Sandbox.Environment["AWS_CONFIG_FILE"] = Sandbox.WriteFile("aws/config", $"""
            [profile deploy]
            region = {_aws.Region}
            credential_process = {PublishedBinary.Path} get --profile deploy --format aws

            """);
        Sandbox.Environment["AWS_SHARED_CREDENTIALS_FILE"] = Path.Combine(Sandbox.Root, "aws/credentials");
        Sandbox.Environment["AWS_PROFILE"] = "deploy";
        Sandbox.Environment["AWS_ENDPOINT_URL_STS"] = _aws.Url;
        Sandbox.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
    }

    public void Dispose() => _aws.Dispose();

    [Fact]
    public Task Ten_processes_of_the_SDK_for_NET_sign_after_one_exchange() => AllSignAfterOneExchangeAsync(Dotnet);

    [ClientFact("aws", AnyVersion)]
    public Task Ten_processes_of_the_CLI_sign_after_one_exchange() => AllSignAfterOneExchangeAsync(Cli);

    [Fact]
    public Task Where_the_role_does_not_trust_it_the_SDK_for_NET_says_why() => AllSayWhyAsync(Dotnet);

    [ClientFact("aws", AnyVersion)]
    public Task Where_the_role_does_not_trust_it_the_CLI_says_why() => AllSayWhyAsync(Cli);

    private async Task AllSignAfterOneExchangeAsync(Launch client)
    {
        var results = await Sandbox.RunTogetherAsync(Many, _ => client);

        Assert.All(results, result => Assert.Equal(_aws.Arn, result.Succeeded().Line));
        Assert.Single(_aws.Actions, Exchange);
        Assert.Equal(Many, _aws.Actions.Count(action => action == "GetCallerIdentity"));
    }

    /// <summary>The refusal is remembered: one of ten is told so by STS, and all of them tell their user.</summary>
    private async Task AllSayWhyAsync(Launch client)
    {
        _aws.Trusts = static _ => false;

        var results = await Sandbox.RunTogetherAsync(Many, _ => client);

        Assert.All(results, result => Assert.NotEqual(0, result.ExitCode));
        Assert.All(results, result => result.Says("error[AB0503]").Says("Not authorized to perform sts:AssumeRoleWithWebIdentity").Says("aud \"sts.amazonaws.com\""));
        Assert.Single(_aws.Actions, Exchange);
        Assert.DoesNotContain("GetCallerIdentity", _aws.Actions);
    }
}
