using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>AWS STS: what is sent, to the letter; what is taken; and what each documented error means for the next attempt.</summary>
public sealed class AwsWebIdentityExchangeTests : IDisposable
{
    private const string Role = "arn:aws:iam::123456789012:role/ci/deploy";

    private readonly string _id = "ASIA" + Made.Name(16).ToUpperInvariant();
    private readonly string _secret = Made.Name(38) + "/+";
    private readonly string _token = Made.Name(340) + "==";
    private byte[] _answer;
    private readonly ServiceMachine _machine;

    public AwsWebIdentityExchangeTests()
    {
        _answer = Answer(Granted());
        _machine = new ServiceMachine(_ => _answer);
    }

    public void Dispose() => _machine.Dispose();

    private AwsStsExchange Settings => new() { RoleArn = Role, Endpoint = _machine.Service.Url };

    private static byte[] Answer(string xml, int status = 200) => RawServer.Answer(status, xml, "x-amzn-RequestId: 58c5dbae-abef-11e0-8cfe-09039844ac7d");

    private static string Time(long after) => Times.Utc(TestClock.StartSeconds + after);

    private string Granted(string? expiration = null, string arn = "arn:aws:sts::123456789012:assumed-role/deploy/aotbroker") => $"""
        <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <AssumeRoleWithWebIdentityResult>
            <Audience>sts.amazonaws.com</Audience>
            <AssumedRoleUser>
              <AssumedRoleId>AROA3XFRBF535PLBIFPI4:aotbroker</AssumedRoleId>
              <Arn>{arn}</Arn>
            </AssumedRoleUser>
            <Provider>arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com</Provider>
            <Credentials>
              <AccessKeyId>{_id}</AccessKeyId>
              <SecretAccessKey>{_secret}</SecretAccessKey>
              <SessionToken>{_token}</SessionToken>
              <Expiration>{expiration ?? Time(3600)}</Expiration>
            </Credentials>
            <SubjectFromWebIdentityToken>repo:octo-org/octo-repo:ref:refs/heads/main</SubjectFromWebIdentityToken>
          </AssumeRoleWithWebIdentityResult>
          <ResponseMetadata>
            <RequestId>58c5dbae-abef-11e0-8cfe-09039844ac7d</RequestId>
          </ResponseMetadata>
        </AssumeRoleWithWebIdentityResponse>
        """;

    private static string Error(string code, string message) => $"""
        <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
          <Error>
            <Type>Sender</Type>
            <Code>{code}</Code>
            <Message>{message}</Message>
          </Error>
          <RequestId>58c5dbae-abef-11e0-8cfe-09039844ac7d</RequestId>
        </ErrorResponse>
        """;

    private static string Profile(RawServer service) => $$"""
        { "exchange": { "type": "aws-sts", "role_arn": "{{Role}}", "endpoint": "{{service.Url}}" } }
        """;

    private BrokerException Fails(string xml, int status, string code, Presentation presentation, bool mayPass = false)
    {
        _answer = Answer(xml, status);
        return ServiceMachine.Failed(_machine.Present(Settings), code, presentation, mayPass);
    }

    [Fact]
    public void The_request_is_this_to_the_letter()
    {
        _machine.Present(Settings with { DurationSeconds = 900, SessionName = "run-4711@main" });

        string body = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Fci%2Fdeploy"
            + $"&RoleSessionName=run-4711%40main&WebIdentityToken={_machine.Identity.Reveal()}&DurationSeconds=900";
        Assert.Equal(
            HttpText.Request(_machine.Service, "POST /", "Accept: text/xml", "Content-Type: application/x-www-form-urlencoded", "Content-Length: " + body.Length) + body,
            HttpText.Sorted(Assert.Single(_machine.Service.Requests)));
    }

    [Fact]
    public void What_is_not_set_is_left_to_the_service()
    {
        _machine.Present(Settings);

        string body = Assert.Single(_machine.Service.Requests).Split("\r\n\r\n")[1];
        Assert.Contains("&RoleSessionName=aotbroker&", body, StringComparison.Ordinal);
        Assert.DoesNotContain("DurationSeconds", body, StringComparison.Ordinal);
    }

    [Fact]
    public void The_keys_are_good_until_the_answer_says()
    {
        Credential credential = _machine.Present(Settings).Credential!;

        Assert.Equal(CredentialKind.AwsKeys, credential.Kind);
        Assert.Equal((_id, _secret, _token, "123456789012"), (credential.Aws!.AccessKeyId, credential.Aws.SecretAccessKey.Reveal(), credential.Aws.SessionToken.Reveal(), credential.Aws.AccountId));
        Assert.Equal((TestClock.StartSeconds, TestClock.StartSeconds + 3600), (credential.IssuedAt, credential.ExpiresAt));
        Assert.Equal("58c5dbae-abef-11e0-8cfe-09039844ac7d", credential.RequestId);
        Assert.True(_machine.GaveToShare);
    }

    [Theory]
    [InlineData("octo-org/octo-repo", "Build & Test", "4711", "hubot", "octo-org-octo-repo-Build-Test-4711@hubot")]
    [InlineData("octo-org/octo-repo", null, "4711", null, "octo-org-octo-repo-4711")]
    [InlineData("octo-org/octo-repo", "größe", "4711", "dependabot[bot]", "octo-org-octo-repo-gr-e-4711@dependabot-bot-")]
    [InlineData("an-organization-with-a-long-name/a-repository-with-a-longer-name", ".github/workflows/release.yml", "12345678901", "octocat", "an-organization-with-a-long-name-a-repositor-12345678901@octocat")]
    public void Where_nobody_names_the_session_the_job_does(string repository, string? workflow, string run, string? actor, string name)
    {
        _machine.Machine.Variables["GITHUB_REPOSITORY"] = repository;
        _machine.Machine.Variables["GITHUB_WORKFLOW"] = workflow;
        _machine.Machine.Variables["GITHUB_RUN_ID"] = run;
        _machine.Machine.Variables["GITHUB_ACTOR"] = actor;

        string made = ((AwsStsExchange)_machine.Of(Settings).Settings).SessionName!;
        _machine.Present(Settings);

        Assert.InRange(made.Length, 2, 64);
        Assert.Equal(name, made);
        Assert.Contains($"&RoleSessionName={Uri.EscapeDataString(made)}&", Assert.Single(_machine.Service.Requests), StringComparison.Ordinal);
        Assert.Equal("mine", ((AwsStsExchange)_machine.Of(Settings with { SessionName = "mine" }).Settings).SessionName);
    }

    [Theory]
    [InlineData("arn:minio:iam:::role/idmp-example")]
    [InlineData("arn:aws:iam:::role/S3Access")]
    [InlineData("arn:aws:iam::RGW33567154695143645:role/app/S3Access")]
    [InlineData("arn:aws-cn:iam::123456789012:role/a/b/c")]
    [InlineData("arn:aws-us-gov:iam::123456789012:role/x")]
    [InlineData("arn:aws-iso-b:iam::123456789012:role/x")]
    public void Roles_of_other_services_and_partitions_are_asked_for(string role)
    {
        _answer = Answer(Granted(arn: ""));

        Assert.NotNull(_machine.Present(Settings with { RoleArn = role }).Credential);
        Assert.Contains("&RoleArn=" + Uri.EscapeDataString(role), Assert.Single(_machine.Service.Requests), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("arn:aws:iam::123456789012:user/x")]
    [InlineData("arn:aws:s3:::role/x")]
    [InlineData("role/x")]
    [InlineData("arn:aws:iam::123456789012:role/")]
    public void What_is_no_role_is_refused_before_anything_is_sent(string role)
    {
        _machine.Machine.Variables["AWS_ROLE_ARN"] = role;

        Expect.Error("AB0305", () => _machine.Present(new AwsStsExchange { Endpoint = _machine.Service.Url }));
        Assert.Empty(_machine.Service.Requests);
    }

    [Fact]
    public void Session_policies_are_sent_and_are_part_of_the_key()
    {
        AwsStsExchange limited = Settings with { Policy = "{\n\t\"Version\":\"2012-10-17\"}", PolicyArns = ["arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::123456789012:policy/x"] };

        _machine.Present(limited);

        Assert.EndsWith(
            "&Policy=" + Uri.EscapeDataString("{  \"Version\":\"2012-10-17\"}") + "&PolicyArns.member.1.arn=" + Uri.EscapeDataString("arn:aws:iam::aws:policy/ReadOnlyAccess")
            + "&PolicyArns.member.2.arn=" + Uri.EscapeDataString("arn:aws:iam::123456789012:policy/x"),
            Assert.Single(_machine.Service.Requests), StringComparison.Ordinal);
        Assert.Equal(4, new[] { Settings, limited, Settings with { Policy = limited.Policy }, Settings with { PolicyArns = limited.PolicyArns } }.Select(_machine.Key).Distinct().Count());
        Expect.Error("AB0305", () => _machine.Present(Settings with { Policy = "{" }));
    }

    [Fact]
    public void A_role_of_another_account_is_not_asked_for_and_keys_of_another_are_dropped()
    {
        AwsStsExchange allowed = Settings with { AllowedAccountIds = ["111111111111", "123456789012"] };
        Assert.NotNull(_machine.Present(allowed).Credential);
        Assert.Contains("999999999999", Expect.Error("AB0305", () => _machine.Present(allowed with { RoleArn = "arn:aws:iam::999999999999:role/x" })).Message, StringComparison.Ordinal);
        Expect.Error("AB0305", () => _machine.Present(allowed with { RoleArn = "arn:minio:iam:::role/x" }));
        Assert.Single(_machine.Service.Requests);

        _answer = Answer(Granted(arn: "arn:aws:sts::999999999999:assumed-role/deploy/x"));
        BrokerException error = ServiceMachine.Failed(_machine.Present(allowed), "AB0503", Presentation.Refused);

        Assert.Contains("999999999999", error.Message, StringComparison.Ordinal);
        Assert.NotEqual(_machine.Key(Settings), _machine.Key(allowed));
    }

    [Fact]
    public void A_further_role_is_assumed_with_the_first_ones_keys()
    {
        const string Further = "arn:aws:iam::210987654321:role/further";
        string first = "ASIA" + Made.Name(16).ToUpperInvariant();
        using ServiceMachine machine = new(request => request.Contains("AssumeRoleWithWebIdentity", StringComparison.Ordinal)
            ? Answer(Granted().Replace(_id, first, StringComparison.Ordinal))
            : Answer(Granted(arn: "arn:aws:sts::210987654321:assumed-role/further/x").Replace("WithWebIdentity", "", StringComparison.Ordinal)));
        AwsStsExchange settings = Settings with
        {
            Endpoint = machine.Service.Url,
            Region = "eu-west-1",
            AllowedAccountIds = ["210987654321"],
            AssumeRole = new ChainedRole { RoleArn = Further, ExternalId = "example-42", DurationSeconds = 900 },
        };

        Credential credential = machine.Present(settings).Credential!;

        Assert.Equal((_id, "210987654321"), (credential.Aws!.AccessKeyId, credential.Aws.AccountId));
        string request = machine.Service.Requests[1];
        Assert.Contains($"Authorization: AWS4-HMAC-SHA256 Credential={first}/20300101/eu-west-1/sts/aws4_request", request, StringComparison.Ordinal);
        Assert.Contains("X-Amz-Security-Token: " + _token, request, StringComparison.Ordinal);
        Assert.EndsWith($"Action=AssumeRole&Version=2011-06-15&RoleArn={Uri.EscapeDataString(Further)}&RoleSessionName=aotbroker&ExternalId=example-42&DurationSeconds=900", request, StringComparison.Ordinal);
        Assert.NotEqual(machine.Key(settings), machine.Key(settings with { AssumeRole = null }));
        Assert.NotEqual(machine.Key(settings), machine.Key(settings with { AssumeRole = settings.AssumeRole with { ExternalId = "other" } }));
    }

    [Fact]
    public void A_further_role_that_is_not_given_is_told_and_the_first_ones_keys_are_dropped()
    {
        using ServiceMachine machine = new(request => request.Contains("AssumeRoleWithWebIdentity", StringComparison.Ordinal) ? Answer(Granted()) : Answer(Error("AccessDenied", "not allowed"), 403));

        BrokerException error = ServiceMachine.Failed(
            machine.Present(Settings with { Endpoint = machine.Service.Url, AssumeRole = new ChainedRole { RoleArn = "arn:aws:iam::210987654321:role/further" } }), "AB0503", Presentation.Refused);

        Assert.Contains("arn:aws:iam::210987654321:role/further", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, machine.Service.Requests.Count);
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL", null, "AWS_ENDPOINT_URL")]
    [InlineData("AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS")]
    public void The_variables_of_AWSs_SDKs_name_the_endpoint(string variable, string? other, string origin)
    {
        _machine.Machine.Variables[variable] = "https://sts.example/";
        if (other is not null)
        {
            _machine.Machine.Variables[other] = "https://other.example";
        }
        IExchange exchange = _machine.Of(new AwsStsExchange { RoleArn = Role, Region = "eu-west-1" });

        Assert.Equal(("https://sts.example/", origin), (exchange.Endpoint, exchange.Address.Origin));
        Assert.Contains("endpoint=https://sts.example|", _machine.Key(new AwsStsExchange { RoleArn = Role }), StringComparison.Ordinal);

        _machine.Machine.Variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "True";
        Assert.Equal("https://sts.eu-west-1.amazonaws.com/", _machine.Of(new AwsStsExchange { RoleArn = Role, Region = "eu-west-1" }).Endpoint);
        Assert.Equal("https://mine.example/", _machine.Of(new AwsStsExchange { RoleArn = Role, Endpoint = "https://mine.example/" }).Endpoint);
    }

    [Theory]
    [InlineData("[default]\nendpoint_url = https://a.example/\n", null, "https://a.example")]
    [InlineData("[default]\nservices = local\nendpoint_url = https://a.example\n[services local]\ns3 =\n  endpoint_url = https://b.example\nsts =\n  endpoint_url = https://c.example # x\n", null, "https://c.example")]
    [InlineData("[default]\nservices = local\nendpoint_url = https://a.example\n[services local]\ns3 =\n  endpoint_url = https://b.example\n", null, "https://a.example")]
    [InlineData("[default]\nendpoint_url = https://a.example\n[profile dev]\nendpoint_url=https://d.example\n", "dev", "https://d.example")]
    [InlineData("\ufeff[profile \"dev\"]\r\n# x\r\nEndpoint_URL = https://d.example\r\n", "dev", "https://d.example")]
    [InlineData("[profile default]\nendpoint_url = https://d.example\n", null, "https://d.example")]
    [InlineData("[default]\nendpoint_url = https://a.example\nignore_configured_endpoint_urls = true\n", null, null)]
    [InlineData("[default]\ns3 =\n  endpoint_url = https://b.example\n", null, null)]
    [InlineData("[default]\nregion = x\n", "dev", null)]
    [InlineData("endpoint_url = https://a.example\n[\nwhat\n", null, null)]
    public void So_does_their_file(string content, string? profile, string? endpoint)
    {
        _machine.Machine.Variables["AWS_PROFILE"] = profile;
        _machine.Machine.Variables["AWS_CONFIG_FILE"] = _machine.Machine.Home.Write("aws-config", content);

        IExchange exchange = _machine.Of(new AwsStsExchange { RoleArn = Role });

        Assert.Equal((endpoint ?? "https://sts.amazonaws.com") + "/", exchange.Endpoint);
        Assert.Equal(endpoint is not null, exchange.Address.Origin.Contains("aws-config", StringComparison.Ordinal));
    }

    [Fact]
    public void Gaps_are_filled_from_the_environment_and_the_profile_wins()
    {
        _machine.Machine.Variables["AWS_ROLE_ARN"] = "arn:aws:iam::210987654321:role/other";
        _machine.Machine.Variables["AWS_ROLE_SESSION_NAME"] = "from-environment";
        _machine.Machine.Variables["AWS_ENDPOINT_URL_STS"] = _machine.Service.Url + "/";

        _machine.Present(new AwsStsExchange { RoleArn = Role });

        string request = Assert.Single(_machine.Service.Requests);
        Assert.Contains("123456789012", request, StringComparison.Ordinal);
        Assert.Contains("&RoleSessionName=from-environment&", request, StringComparison.Ordinal);
        Assert.Equal("arn:aws:iam::210987654321:role/other", ((AwsStsExchange)_machine.Of(new AwsStsExchange()).Settings).RoleArn);
    }

    [Theory]
    [InlineData(null, null, null, "https://sts.amazonaws.com/")]
    [InlineData("eu-central-1", "us-east-1", null, "https://sts.eu-central-1.amazonaws.com/")]
    [InlineData(null, "us-gov-west-1", "us-east-2", "https://sts.us-gov-west-1.amazonaws.com/")]
    [InlineData(null, null, "us-east-2", "https://sts.us-east-2.amazonaws.com/")]
    [InlineData("cn-north-1", null, null, "https://sts.cn-north-1.amazonaws.com.cn/")]
    [InlineData("eusc-de-east-1", null, null, "https://sts.eusc-de-east-1.amazonaws.eu/")]
    public void The_region_decides_the_endpoint(string? region, string? variable, string? defaultRegion, string endpoint)
    {
        _machine.Machine.Variables["AWS_REGION"] = variable;
        _machine.Machine.Variables["AWS_DEFAULT_REGION"] = defaultRegion;

        Assert.Equal(endpoint, _machine.Of(new AwsStsExchange { Region = region }).Endpoint);
    }

    [Fact]
    public void Everything_that_decides_what_is_minted_is_in_the_key()
    {
        AwsStsExchange settings = new() { RoleArn = Role };
        AwsStsExchange[] others = [settings with { RoleArn = Role + "2" }, settings with { SessionName = "x1" }, settings with { DurationSeconds = 900 }, settings with { Region = "eu-west-1" }, settings with { Endpoint = "https://a.example" }];

        Assert.Equal(others.Length + 1, others.Append(settings).Select(_machine.Key).Distinct().Count());
        Assert.Equal("sts.amazonaws.com", _machine.Of(settings).Audience);
    }

    [Fact]
    public void What_is_missing_or_has_not_its_form_is_told_before_anything_is_sent()
    {
        Assert.Contains("AWS_ROLE_ARN", Expect.Error("AB0306", () => _machine.Present(new AwsStsExchange())).Hints[0], StringComparison.Ordinal);
        _machine.Machine.Variables["AWS_REGION"] = "evil.example/";
        Expect.Error("AB0305", () => _machine.Present(new AwsStsExchange { RoleArn = Role }));
        _machine.Machine.Variables["AWS_REGION"] = null;
        _machine.Machine.Variables["AWS_ROLE_ARN"] = "deploy";
        Expect.Error("AB0305", () => _machine.Present(new AwsStsExchange { Endpoint = _machine.Service.Url }));
        Expect.Error("AB0310", () => _machine.Present(Settings with { Endpoint = "http://sts.example" }));
        Expect.Error("AB0310", () => _machine.Present(Settings with { Endpoint = _machine.Service.Url + "?a=b" }));
        Assert.Empty(_machine.Service.Requests);
    }

    [Theory]
    [InlineData("InvalidIdentityToken", "No OpenIDConnect provider found in your account for https://issuer.example")]
    [InlineData("ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time")]
    public void A_token_that_is_refused_is_followed_by_a_fresh_one(string code, string message)
    {
        BrokerException error = Fails(Error(code, message), 400, "AB0501", Presentation.Refused, mayPass: true);

        Assert.Contains($"(HTTP 400, request 58c5dbae-abef-11e0-8cfe-09039844ac7d): {code}: {message}", error.Message, StringComparison.Ordinal);
        Assert.Contains("iss \"https://issuer.example\", sub \"job\"", error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_issuer_that_STS_could_not_reach_is_tried_again_with_the_same_token() =>
        Fails(Error("IDPCommunicationError", "Couldn&apos;t retrieve verification key from your identity provider"), 400, "AB0604", Presentation.Unjudged, mayPass: true);

    [Fact]
    public void Throttling_is_tried_again_with_the_same_token() => Fails(Error("Throttling", "Rate exceeded"), 400, "AB0505", Presentation.Unjudged, mayPass: true);

    [Theory]
    [InlineData(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity", "AB0503")]
    [InlineData(403, "RegionDisabledException", "STS is not activated in this region for account:123456789012", "AB0503")]
    [InlineData(403, "IDPRejectedClaim", "claim rejected", "AB0501")]
    [InlineData(400, "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", "AB0502")]
    [InlineData(400, "SomethingNew", "unheard of", "AB0502")]
    public void Other_refusals_are_final(int status, string code, string message, string expected) =>
        Assert.Contains(message, Fails(Error(code, message), status, expected, Presentation.Refused).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(400, "AB0509")]
    [InlineData(404, "AB0504")]
    [InlineData(302, "AB0506")]
    public void An_answer_that_is_not_from_STS_is_told_as_anywhere(int status, string code) => Fails("<other/>", status, code, Presentation.Refused);

    [Fact]
    public void A_failure_of_the_server_may_pass() => Fails("<other/>", 503, "AB0604", Presentation.Unknown, mayPass: true);

    [Fact]
    public void An_echo_of_the_token_is_not_shown()
    {
        BrokerException error = Fails(Error("InvalidIdentityToken", $"bad token {_machine.Identity.Reveal()}\u00a0end"), 400, "AB0501", Presentation.Refused, mayPass: true);

        Assert.DoesNotContain(_machine.Identity.Reveal()[..24], error.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("<AssumeRoleWithWebIdentityResponse/>")]
    [InlineData("<!DOCTYPE x []>")]
    public void An_answer_that_holds_no_keys_cannot_be_used(string xml) => Fails(xml, 200, "AB0507", Presentation.Refused);

    [Fact]
    public void An_answer_that_is_cut_short_hostile_or_over_cannot_be_used()
    {
        string whole = Granted();
        foreach (int length in new[] { 1, whole.Length / 2, whole.Length - 1 })
        {
            Fails(whole[..length], 200, "AB0507", Presentation.Refused);
        }
        Fails("<!DOCTYPE a [<!ENTITY e \"x\">]>" + whole, 200, "AB0507", Presentation.Refused);
        Fails(whole.Replace(_secret, $"<![CDATA[{_secret}\n]]>", StringComparison.Ordinal), 200, "AB0507", Presentation.Refused);
        Fails(whole.Replace(_secret, "a&quot;\n,\"x\":b", StringComparison.Ordinal), 200, "AB0507", Presentation.Refused);
        Fails(whole.Replace(_id, "", StringComparison.Ordinal), 200, "AB0507", Presentation.Refused);
        Fails(Granted(expiration: "soon"), 200, "AB0507", Presentation.Refused);
        Fails(Granted(expiration: Time(-1)), 200, "AB0507", Presentation.Refused);
        Fails(new string(' ', 2 << 20), 200, "AB0508", Presentation.Unknown);
    }

    [Fact]
    public async Task A_job_with_one_token_asks_again_with_it_where_STS_could_not_reach_the_issuer()
    {
        await using FederatedMachine federated = await FederatedMachine.StartAsync();
        int asked = 0;
        using RawServer service = new(_ => ++asked == 1 ? Answer(Error("IDPCommunicationError", "no"), 400) : Answer(Granted()));
        federated.Machine.WriteBrokerProfile("aws", Profile(service));
        federated.Machine.Variables["AOTBROKER_PROFILE"] = "aws";

        Credential credential = federated.Obtain();

        Assert.Equal(_id, credential.Aws!.AccessKeyId);
        Assert.Equal(2, service.Requests.Count);
        Assert.Equal(service.Requests[0].Split("\r\n\r\n")[1], service.Requests[1].Split("\r\n\r\n")[1]);
        Assert.Equal(_secret, federated.Obtain().Aws!.SecretAccessKey.Reveal());
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task A_token_that_was_refused_may_be_presented_again_and_a_source_that_mints_gives_a_fresh_one()
    {
        await using FederatedMachine federated = await FederatedMachine.StartAsync();
        int asked = 0;
        using RawServer service = new(_ => ++asked == 1 ? Answer(Error("InvalidIdentityToken", "no"), 400) : Answer(Granted()));
        federated.Machine.WriteBrokerProfile("aws", Profile(service));
        federated.Machine.Variables["AOTBROKER_PROFILE"] = "aws";

        Assert.Equal(_id, federated.Obtain().Aws!.AccessKeyId);
        Assert.Single(service.Requests.Select(static request => request.Split("\r\n\r\n")[1]).Distinct());
        federated.UseGitHub();
        asked = 0;

        Assert.Equal(_id, federated.Obtain().Aws!.AccessKeyId);
        Assert.Equal(4, service.Requests.Count);
        Assert.Equal(3, service.Requests.Select(static request => request.Split("\r\n\r\n")[1]).Distinct().Count());
    }
}
