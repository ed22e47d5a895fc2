using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Google's metadata server: what is asked, to the letter, and what is made of each answer.</summary>
public sealed class GoogleMetadataIdentityTests : IDisposable
{
    private const string Flavor = "Metadata-Flavor: Google";
    private const string Anthropic = "https://api.anthropic.com";

    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private SourceTokens Provider(RawServer server, GoogleMetadataIdentity? settings = null, string? audience = Anthropic)
    {
        _machine.Variables["GCE_METADATA_HOST"] = $"127.0.0.1:{server.Port}";
        return Sources.Tokens(settings ?? new GoogleMetadataIdentity(), audience, _machine.Environment, _http);
    }

    private IdentityToken Get(RawServer server, GoogleMetadataIdentity? settings = null, double seconds = 30) => Provider(server, settings).GetToken(_machine.Deadline(seconds));

    private BrokerException Error(string code, RawServer server, double seconds = 30) => Expect.Error(code, () => Get(server, seconds: seconds));

    [Theory]
    [InlineData("default", null, "default/identity?audience=https%3A%2F%2Fapi.anthropic.com&format=full")]
    [InlineData("agents@my-project.iam.gserviceaccount.com", "a b&c=d", "agents@my-project.iam.gserviceaccount.com/identity?audience=a%20b%26c%3Dd&format=full")]
    public void The_request_is_this_to_the_letter(string account, string? audience, string target)
    {
        string token = Made.Jwt("{}");
        using RawServer server = new(RawServer.Answer(200, token, Flavor));

        Assert.Equal(token, Get(server, new GoogleMetadataIdentity { ServiceAccount = account, Audience = audience }).Reveal());

        Assert.Equal(HttpText.Request(server, "GET /computeMetadata/v1/instance/service-accounts/" + target, Flavor), HttpText.Sorted(Assert.Single(server.Requests)));
    }

    [Fact]
    public void Without_an_audience_nothing_is_asked()
    {
        using RawServer server = new(RawServer.Answer(200, Made.Jwt("{}"), Flavor));

        Assert.Contains("google-metadata", Expect.Error("AB0411", () => Provider(server, audience: null).GetToken(_machine.Deadline())).Message, StringComparison.Ordinal);

        Assert.Empty(server.Requests);
    }

    [Fact]
    public void A_token_is_repeated_until_five_minutes_before_its_end()
    {
        using RawServer server = new(RawServer.Answer(200, Made.Jwt($$"""{"exp":{{TestClock.StartSeconds + 3600}}}"""), Flavor));
        SourceTokens provider = Provider(server);

        Assert.Equal(TokenSupply.Cached, provider.Supply);
        Assert.Equal(TestClock.StartSeconds + 3300, provider.RotatesAt(provider.GetToken(_machine.Deadline())));
        Assert.Null(provider.RotatesAt(IdentityToken.Parse(Made.Jwt("{}"), "a test")));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(401)]
    [InlineData(404)]
    public void An_answer_without_the_header_is_not_the_metadata_servers(int status)
    {
        string token = Made.Jwt("{}");
        using RawServer server = new(RawServer.Answer(status, status == 200 ? token : "<html>Log in</html>", "Location: http://login.example/"));

        var error = Error("AB0412", server);

        Assert.Contains("Metadata-Flavor: Google", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(token, error.All(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(200, "Metadata-Flavor: Googol", "AB0412")]
    [InlineData(200, "metadata-flavor: Google", null)]
    public void The_headers_value_counts_and_its_case_does_not(int status, string header, string? code)
    {
        using RawServer server = new(RawServer.Answer(status, Made.Jwt("{}"), header));

        if (code is null)
        {
            Get(server);
        }
        else
        {
            Error(code, server);
        }
    }

    [Fact]
    public void A_machine_without_a_service_account_is_told_so()
    {
        using RawServer server = new(RawServer.Answer(404, "The service account was not found.\n", Flavor));

        var error = Error("AB0409", server);

        Assert.Contains("404: The service account was not found.", error.Message, StringComparison.Ordinal);
        Assert.Contains("attach it", error.All(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_page_is_not_shown_and_nor_is_what_looks_like_a_token()
    {
        string secret = Made.Name(64);
        using RawServer page = new(RawServer.Answer(403, $"<html>{secret}</html>", Flavor));
        using RawServer text = new(RawServer.Answer(403, $"denied for {secret}", Flavor));

        Assert.EndsWith("answered 403: a web page, such as one to sign in", Error("AB0409", page).Message, StringComparison.Ordinal);
        Assert.EndsWith("answered 403: denied for [redacted]", Error("AB0409", text).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(429)]
    public void A_failure_that_may_pass_is_tried_again(int status)
    {
        string token = Made.Jwt("{}");
        int asked = 0;
        using RawServer server = new(_ => asked++ == 0 ? RawServer.Answer(status, "") : RawServer.Answer(200, token, Flavor));

        Assert.Equal(token, Get(server).Reveal());

        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("", "AB0403")]
    [InlineData("abc", "AB0405")]
    [InlineData("""{"access_token":"ya29"}""", "AB0405")]
    public void An_answer_that_is_no_token_is_an_error(string body, string code)
    {
        using RawServer server = new(RawServer.Answer(200, body, Flavor));

        Error(code, server);
    }

    [Fact]
    public void A_token_of_more_than_16_KiB_is_too_large()
    {
        using RawServer server = new(RawServer.Answer(200, new string('a', (256 * 1024) + 1), Flavor));

        Error("AB0404", server);
    }

    [Fact]
    public void A_server_that_hangs_is_waited_for_until_the_deadline()
    {
        using RawServer server = RawServer.Silent();

        Assert.Contains("cannot be reached", Error("AB0409", server, seconds: 0.3).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metadata.example:80")]
    [InlineData("10.0.0.1")]
    [InlineData("localhost.example")]
    [InlineData("fd21:ce::254")]
    [InlineData("[fd20:cf::254]")]
    [InlineData("[::ffff:10.0.0.1]:80")]
    [InlineData("user:password@127.0.0.1")]
    public void The_host_is_this_machine_or_link_local(string host)
    {
        _machine.Variables["GCE_METADATA_HOST"] = host;

        var error = Expect.Error("AB0310", () => Sources.Tokens(new GoogleMetadataIdentity(), Anthropic, _machine.Environment, _http).GetToken(_machine.Deadline()));

        Assert.Contains("GCE_METADATA_HOST", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password@", error.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "http://169.254.169.254/x")]
    [InlineData("", "http://169.254.169.254/x")]
    [InlineData("metadata.google.internal", "http://169.254.169.254/x")]
    [InlineData("Metadata.Google.Internal.", "http://169.254.169.254/x")]
    [InlineData("metadata.google.internal:8080", "http://169.254.169.254:8080/x")]
    [InlineData("metadata:80", "http://169.254.169.254/x")]
    [InlineData("[fd20:ce::254]", "http://[fd20:ce::254]/x")]
    [InlineData("fd20:ce::254", "http://[fd20:ce::254]/x")]
    [InlineData("FD20:00CE::254", "http://[fd20:ce::254]/x")]
    [InlineData("[fd20:ce::254]:8080", "http://[fd20:ce::254]:8080/x")]
    [InlineData("169.254.0.7:8080", "http://169.254.0.7:8080/x")]
    public void The_servers_name_stands_for_its_address(string? host, string address)
    {
        _machine.Variables["GCE_METADATA_HOST"] = host;

        Assert.Equal(address, GoogleMetadataSource.Address("/x", _machine.Environment).Uri.AbsoluteUri);
    }

    [Theory]
    [InlineData(null, null, "google-metadata")]
    [InlineData("AOTBROKER_HOST_METADATA", "off", null)]
    [InlineData("NO_GCE_CHECK", "true", null)]
    [InlineData("NO_GCE_CHECK", "True", null)]
    [InlineData("NO_GCE_CHECK", "false", "google-metadata")]
    public void The_variable_that_names_the_host_decides_unless_metadata_is_switched_off(string? variable, string? value, string? source)
    {
        _machine.Variables["AOTBROKER_HOST_METADATA"] = null;
        _machine.Variables["GCE_METADATA_HOST"] = "127.0.0.1:1";
        if (variable is not null)
        {
            _machine.Variables[variable] = value;
        }

        FoundIdentity? found = GoogleMetadataSource.Detect(new DetectionContext(_machine.Environment, "x"));

        Assert.Equal(source, found?.Source.Source);
        Assert.Equal(source is null ? null : "x", (found?.Source as GoogleMetadataIdentity)?.Audience);
    }

    [Fact]
    public void Audience_account_and_host_decide_whose_token_it_is()
    {
        _machine.Variables["GCE_METADATA_HOST"] = "127.0.0.1:1";
        KeyText key = new();

        Sources.AddToKey(key, new GoogleMetadataIdentity { ServiceAccount = "a@b" }, Anthropic, _machine.Environment);

        Assert.Equal($"identity=google-metadata|host=test-host|audience={Anthropic}|service_account=a@b|metadata_host=127.0.0.1:1|", key.ToString());
    }
}
