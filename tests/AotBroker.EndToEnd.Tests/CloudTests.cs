using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Clouds, played on loopback: the machine's identity, one exchange for all processes, and one question where there is none.</summary>
[Collection(Bursts.Name)]
public sealed class CloudTests : BrokerTest
{
    private const int Many = 10;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        Sandbox.UseRuleVariables(Endpoint);
        Sandbox.Environment.Remove("AOTBROKER_HOST_METADATA");
        // A proxy that would answer for another machine. Nobody listens there.
        Sandbox.Environment["HTTP_PROXY"] = Sandbox.Environment["http_proxy"] = "http://127.0.0.1:9";
    }

    private string Mint() => Sandbox.AddSecret(Endpoint.Issuer.Mint());

    private async Task ExchangeOnceAsync(params string[] arguments)
    {
        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch(["get", .. arguments]));

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.NotNull(Endpoint.Grants.Find(results[0].Line));
        Assert.Equal((1, 1), (Endpoint.Events.GrantedExchanges, Endpoint.Events.Presentations));
    }

    private AwsImitation NewAws()
    {
        AwsImitation aws = new(Mint);
        foreach (var secret in aws.Secrets)
        {
            Sandbox.AddSecret(secret);
        }
        Sandbox.Environment["AWS_ENDPOINT_URL_STS"] = aws.Url;
        return aws;
    }

    private RawServer NewAzure(Func<string> token)
    {
        RawServer server = new(request => request.StartsWith("GET /metadata/versions ", StringComparison.Ordinal)
            ? RawServer.Answer(200, """{"apiVersions":["2021-02-01"]}""")
            : request.StartsWith("GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fapi.anthropic.com ", StringComparison.Ordinal)
                ? RawServer.Answer(200, $$"""{"access_token":"{{token()}}","token_type":"Bearer"}""")
                : RawServer.Answer(400, """{"error":"invalid_request","error_description":"Identity not found"}"""));
        Sandbox.Environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Url;
        return server;
    }

    [Fact]
    public async Task Google_by_the_variable_that_names_its_server()
    {
        var token = Mint();
        using RawServer server = new(RawServer.Answer(200, token, "Metadata-Flavor: Google"));
        Sandbox.Environment["GCE_METADATA_HOST"] = $"127.0.0.1:{server.Port}";

        await ExchangeOnceAsync();

        Assert.StartsWith("GET /computeMetadata/v1/instance/service-accounts/default/identity?audience=https%3A%2F%2Fapi.anthropic.com&format=full ", Assert.Single(server.Requests), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Googles_token_that_is_repeated_is_not_presented_again()
    {
        var token = Mint();
        using RawServer server = new(RawServer.Answer(200, token, "Metadata-Flavor: Google"));
        Sandbox.Environment["GCE_METADATA_HOST"] = $"127.0.0.1:{server.Port}";
        (await Sandbox.RunAsync("get")).Succeeded();

        (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0408", 4).Says("already presented");

        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_login_page_in_place_of_Googles_server_is_told_apart()
    {
        using RawServer server = new(RawServer.Answer(200, "<html>Log in</html>"));
        Sandbox.Environment["GCE_METADATA_HOST"] = $"127.0.0.1:{server.Port}";

        (await Sandbox.RunAsync("get")).Failed("AB0412", 4).Says("Metadata-Flavor: Google");
    }

    [Fact]
    public async Task An_Azure_machine_that_nothing_but_its_host_tells_of()
    {
        using var server = NewAzure(Mint);

        await ExchangeOnceAsync();

        Assert.Equal(2, server.Requests.Count); // Whether it is Azure, and the token.
        (await Sandbox.RunAsync("status")).Succeeded();
    }

    [Fact]
    public async Task An_instance_of_AWS_signs_with_its_role()
    {
        using var aws = NewAws();
        Sandbox.Environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = aws.Url;

        await ExchangeOnceAsync();

        Assert.Equal("POST /", aws.Asked[^1]);
        Assert.Single(aws.Asked, "POST /");
    }

    [Fact]
    public async Task A_container_of_AWS_signs_with_the_credentials_of_its_endpoint()
    {
        using var aws = NewAws();
        aws.ContainerToken = Sandbox.AddSecret(Path.GetRandomFileName() + Path.GetRandomFileName());
        Sandbox.Environment["AWS_REGION"] = aws.Region;
        Sandbox.Environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = aws.Url + "/v2/credentials";
        Sandbox.Environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = aws.ContainerToken;

        await ExchangeOnceAsync();

        Assert.Equal(["GET /v2/credentials", "POST /"], aws.Asked);
    }

    [Fact]
    public async Task Where_outbound_federation_is_off_it_is_told_what_to_enable()
    {
        using var aws = NewAws();
        aws.Instead = static request => request.StartsWith("POST", StringComparison.Ordinal)
            ? AwsImitation.Error(403, "OutboundWebIdentityFederationDisabled", "Outbound web identity federation is disabled for the account.")
            : null;
        Sandbox.Environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = aws.Url;

        (await Sandbox.RunAsync("get")).Failed("AB0409", 4).Says("enable-outbound-web-identity-federation");
    }

    [Fact]
    public async Task A_machine_that_is_no_clouds_is_asked_once()
    {
        using RawServer server = new(RawServer.Answer(404, ""));
        Sandbox.Environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = Sandbox.Environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.Url;

        var results = await Sandbox.RunTogetherAsync(Many, _ => new Launch("get"));
        Assert.All(results, result => result.Failed("AB0401", 4).Says("no cloud's metadata service answers (Azure, AWS)"));
        (await Sandbox.RunAsync("get")).Failed("AB0401", 4).Says("clear --all");
        Assert.Equal(2, server.Requests.Count);

        (await Sandbox.RunAsync("clear", "--all")).Succeeded();
        (await Sandbox.RunAsync("get")).Failed("AB0401", 4);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task What_the_cloud_says_is_told_as_it_says_it()
    {
        using RawServer server = new(request => request.StartsWith("GET /metadata/versions ", StringComparison.Ordinal)
            ? RawServer.Answer(200, """{"apiVersions":["2021-02-01"]}""")
            : RawServer.Answer(400, """{"error":"invalid_request","error_description":"Identity not found"}"""));
        Sandbox.Environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Url;

        (await Sandbox.RunAsync("get")).Failed("AB0409", 4).Says("Identity not found");
    }
}
