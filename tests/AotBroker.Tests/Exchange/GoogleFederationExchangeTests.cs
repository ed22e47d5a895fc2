using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Google STS, with and without a service account: what is sent, to the letter, and what each answer means.</summary>
public sealed class GoogleFederationExchangeTests : IDisposable
{
    private const string Provider = "//iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github";
    private const string Account = "deploy@my-project.iam.gserviceaccount.com";
    private const string Impersonation = $"POST /v1/projects/-/serviceAccounts/{Account}:generateAccessToken";

    private readonly string _federated = "ya29.d." + Made.Name(180);
    private readonly string _access = "ya29.c." + Made.Name(180);
    private readonly ServiceMachine _machine;
    private byte[] _sts;
    private readonly Queue<byte[]> _iam = [];

    public GoogleFederationExchangeTests()
    {
        _sts = RawServer.Answer(200, $$"""{"access_token":"{{_federated}}","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3540}""");
        _machine = new ServiceMachine(request => request.StartsWith("POST /v1/token ", StringComparison.Ordinal) ? _sts : _iam.Count > 1 ? _iam.Dequeue() : _iam.Peek());
        _iam.Enqueue(Access(3600));
    }

    public void Dispose() => _machine.Dispose();

    private GoogleStsExchange Settings => new() { Audience = Provider, Endpoint = _machine.Service.Url, IamEndpoint = _machine.Service.Url };

    private GoogleStsExchange AsAccount => Settings with { ServiceAccount = Account, Scope = "https://a.example/x https://a.example/y" };

    private byte[] Access(long life) => RawServer.Answer(200, $$"""{"accessToken":"{{_access}}","expireTime":"{{Times.Utc(TestClock.StartSeconds + life)}}"}""");

    private static byte[] IamError(int status, string message) => RawServer.Answer(status, $$$"""{"error":{"code":{{{status}}},"message":"{{{message}}}","status":"PERMISSION_DENIED"}}""");

    private string Form(string scope) => "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&audience=" + Uri.EscapeDataString(Provider)
        + "&scope=" + Uri.EscapeDataString(scope) + "&requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token&subject_token="
        + _machine.Identity.Reveal() + "&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt";

    [Fact]
    public void The_workloads_own_token_takes_this_request_to_the_letter()
    {
        Credential credential = _machine.Present(Settings).Credential!;

        string body = Form("https://www.googleapis.com/auth/cloud-platform");
        Assert.Equal(
            HttpText.Request(_machine.Service, "POST /v1/token", "Accept: application/json", "Content-Type: application/x-www-form-urlencoded", "Content-Length: " + body.Length) + body,
            HttpText.Sorted(Assert.Single(_machine.Service.Requests)));
        Assert.Equal((_federated, TestClock.StartSeconds + 3540), (credential.AccessToken!.Reveal(), credential.ExpiresAt));
    }

    [Fact]
    public void A_service_accounts_token_takes_these_requests_to_the_letter()
    {
        Credential credential = _machine.Present(AsAccount with { LifetimeSeconds = 1800 }).Credential!;

        Assert.EndsWith("\r\n\r\n" + Form("https://www.googleapis.com/auth/cloud-platform"), _machine.Service.Requests[0], StringComparison.Ordinal);
        const string Body = """{"scope":["https://a.example/x","https://a.example/y"],"lifetime":"1800s"}""";
        Assert.Equal(
            HttpText.Request(_machine.Service, Impersonation, "Accept: application/json", "Authorization: Bearer " + _federated, "Content-Type: application/json", "Content-Length: " + Body.Length) + Body,
            HttpText.Sorted(_machine.Service.Requests[1]));
        Assert.Equal((_access, TestClock.StartSeconds + 3600, AsAccount.Scope), (credential.AccessToken!.Reveal(), credential.ExpiresAt, credential.Scope));
    }

    [Fact]
    public void What_is_not_set_is_left_to_the_service()
    {
        _machine.Present(AsAccount);

        Assert.EndsWith("""{"scope":["https://a.example/x","https://a.example/y"]}""", _machine.Service.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_decides_what_is_minted_is_in_the_key()
    {
        GoogleStsExchange settings = AsAccount;
        GoogleStsExchange[] others =
        [
            settings with { Audience = Provider + "2" }, settings with { Scope = "x" }, settings with { ServiceAccount = "x@y.iam.gserviceaccount.com" },
            settings with { ServiceAccount = null }, settings with { LifetimeSeconds = 600 }, settings with { Endpoint = "https://a.example" }, settings with { IamEndpoint = "https://a.example" },
        ];

        Assert.Equal(others.Length + 1, others.Append(settings).Select(_machine.Key).Distinct().Count());
        Assert.Equal("https:" + Provider, _machine.Of(settings).Audience);
    }

    [Theory]
    [InlineData(400, "invalid_grant", "ID Token issued at 1 is stale to sign-in.", "AB0501", true)]
    [InlineData(400, "unauthorized_client", "The given credential is rejected by the attribute condition.", "AB0501", false)]
    [InlineData(400, "invalid_target", "The target service indicated by the audience parameters is invalid.", "AB0502", false)]
    [InlineData(400, "invalid_request", "Invalid value for audience.", "AB0502", false)]
    public void Each_refusal_says_whether_a_fresh_token_may_help(int status, string code, string description, string expected, bool mayPass)
    {
        _sts = RawServer.Answer(status, $$"""{"error":"{{code}}","error_description":"{{description}}"}""");

        BrokerException error = ServiceMachine.Failed(_machine.Present(AsAccount), expected, Presentation.Refused, mayPass);

        Assert.Contains($"{code}: {description}", error.Message, StringComparison.Ordinal);
        Assert.Single(_machine.Service.Requests);
    }

    [Fact]
    public void An_api_that_is_switched_off_is_told()
    {
        _sts = IamError(403, "Security Token Service API has not been used in project 123456789 before or it is disabled.");

        Assert.Contains("it is disabled", ServiceMachine.Failed(_machine.Present(Settings), "AB0503", Presentation.Refused).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(403, "Permission denied on resource (or it may not exist).", "AB0503")]
    [InlineData(400, "The requested lifetime exceeds what is allowed", "AB0502")]
    [InlineData(404, "Unknown service account", "AB0504")]
    public void A_service_account_that_is_not_to_be_had_is_told_and_the_token_is_spent(int status, string message, string expected)
    {
        _iam.Clear();
        _iam.Enqueue(IamError(status, message));

        Assert.Contains(message, ServiceMachine.Failed(_machine.Present(AsAccount), expected, Presentation.Refused).Message, StringComparison.Ordinal);
        Assert.Equal(2, _machine.Service.Requests.Count);
    }

    [Fact]
    public void A_failure_of_the_second_request_is_mended_by_a_third_and_not_by_another_token()
    {
        _iam.Clear();
        _iam.Enqueue(IamError(503, "unavailable"));
        _iam.Enqueue(Access(3600));

        Assert.Equal(_access, _machine.Present(AsAccount).Credential!.AccessToken!.Reveal());
        Assert.Equal(2, _machine.Service.Requests.Count(static request => request.StartsWith(Impersonation, StringComparison.Ordinal)));
        Assert.Single(_machine.Service.Requests, static request => request.StartsWith("POST /v1/token", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("""{"accessToken":"ya29.x"}""")]
    [InlineData("""{"accessToken":"ya29.x","expireTime":"2001-01-01T00:00:00Z"}""")]
    [InlineData("""{"accessToken":"ya29. x","expireTime":"2101-01-01T00:00:00Z"}""")]
    [InlineData("""{"accessToken":"ya29.x","expireTime":"2101-01-01T00:00:00Z""")]
    public void An_answer_that_holds_no_token_cannot_be_used(string body)
    {
        _iam.Clear();
        _iam.Enqueue(RawServer.Answer(200, body));

        ServiceMachine.Failed(_machine.Present(AsAccount), "AB0507", Presentation.Refused);
    }

    [Fact]
    public void A_token_without_an_end_cannot_be_used()
    {
        _sts = RawServer.Answer(200, $$"""{"access_token":"{{_federated}}","token_type":"Bearer"}""");

        ServiceMachine.Failed(_machine.Present(Settings), "AB0507", Presentation.Refused);
    }

    [Fact]
    public void It_cannot_be_taken_back() => Expect.Error("AB0510", _machine.Revoke(Settings, Made.Credential()));
}
