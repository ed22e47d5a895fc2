using System.Text.Json.Nodes;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>One credential is what the next one is asked for with: ten processes go the whole way once together.</summary>
[Collection(Bursts.Name)]
public sealed class ChainTests : ClientTest, IDisposable
{
    private readonly AwsImitation _aws;

    public ChainTests() => _aws = new AwsImitation(() => Sandbox.AddSecret(Endpoint.Issuer.Mint())) { Distance = TimeSpan.FromMilliseconds(200) };

    public void Dispose() => _aws.Dispose();

    private async Task AllHaveOneTokenAsync(Func<int, Launch> launch)
    {
        var results = await Sandbox.RunTogetherAsync(Many, launch);

        var token = Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.NotNull(Endpoint.Grants.Find(token));
        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
    }

    [Fact]
    public async Task A_job_assumes_a_role_and_the_role_is_who_it_is_for_Anthropic()
    {
        foreach (var secret in _aws.Secrets)
        {
            Sandbox.AddSecret(secret);
        }

        var identity = Endpoint.Issuer.Mint(new TokenRequest { Audience = "sts.amazonaws.com" });
        _aws.Trusts = token => token == identity;
        Sandbox.Environment["AWS_ENDPOINT_URL_STS"] = _aws.Url;
        Sandbox.WriteProfile("role", new JsonObject
        {
            ["identity"] = new JsonObject { ["source"] = "file", ["path"] = Sandbox.WriteIdentity(identity) },
            ["exchange"] = new JsonObject { ["type"] = "aws-sts", ["role_arn"] = _aws.RoleArn },
        });
        Sandbox.WriteProfile("claude", NewProfile(new JsonObject { ["source"] = "aws-sts", ["region"] = _aws.Region }));

        await AllHaveOneTokenAsync(_ => new Launch("exec", "--with", "role:env", "--", PublishedBinary.Path, "get", "--profile", "claude"));

        Assert.Equal(["AssumeRoleWithWebIdentity", "GetWebIdentityToken"], _aws.Actions);
    }

    [Fact]
    public async Task A_token_service_gives_the_identity_that_Anthropic_trusts()
    {
        // The service's credential is a JWT: the broker's own command fetches a new one for each exchange.
        var service = await ImitateAsync(async http =>
        {
            await Task.Delay(200);
            await Imitation.SayAsync(http, 200, new JsonObject
            {
                ["access_token"] = Sandbox.AddSecret(Endpoint.Issuer.Mint()),
                ["issued_token_type"] = "urn:ietf:params:oauth:token-type:jwt",
                ["token_type"] = "N_A",
                ["expires_in"] = 300,
            }.ToJsonString());
        });
        Sandbox.WriteProfile("inner", new JsonObject
        {
            ["identity"] = new JsonObject { ["source"] = "file", ["path"] = NewIdentityFile() },
            ["exchange"] = new JsonObject { ["type"] = "token-exchange", ["url"] = service.Url + "/token", ["audience"] = "https://api.anthropic.com" },
        });
        Sandbox.WriteProfile("claude", NewProfile(new JsonObject
        {
            ["source"] = "command",
            ["command"] = new JsonArray(PublishedBinary.Path, "get", "--profile", "inner", "--force-refresh"),
            ["environment"] = new JsonArray("AOTBROKER_CACHE_DIR", "XDG_CONFIG_HOME"),
        }));

        await AllHaveOneTokenAsync(_ => new Launch("get", "--profile", "claude"));

        Assert.Single(service.Requests);
    }
}
