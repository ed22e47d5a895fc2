using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>AWS STS: where the credentials come from, what is asked, to the letter, and what is made of each answer.</summary>
public sealed class AwsStsIdentityTests : IDisposable
{
    private const string Audience = "https://api.anthropic.com";
    private const string GetToken = "POST /";

    private static readonly string[] FromInstance = ["PUT /latest/api/token", "GET /latest/meta-data/iam/security-credentials/", "GET /latest/meta-data/iam/security-credentials/ROLE"];

    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();
    private readonly AwsImitation _aws = new(static () => Made.Jwt($$"""{"jti":"{{Made.Name()}}"}"""));

    public AwsStsIdentityTests()
    {
        _machine.Variables["AWS_ENDPOINT_URL_STS"] = _aws.Url;
        _machine.Variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _aws.Url;
        _machine.Variables["AWS_REGION"] = _aws.Region;
    }

    public void Dispose()
    {
        _aws.Dispose();
        _http.Dispose();
        _machine.Dispose();
    }

    private void UseEnvironment()
    {
        _machine.Variables["AWS_ACCESS_KEY_ID"] = _aws.AccessKeyId;
        _machine.Variables["AWS_SECRET_ACCESS_KEY"] = _aws.SecretAccessKey;
        _machine.Variables["AWS_SESSION_TOKEN"] = _aws.SessionToken;
    }

    private SourceTokens Provider(AwsStsIdentity? settings = null, string? audience = Audience) =>
        Sources.Tokens(settings ?? new AwsStsIdentity(), audience, _machine.Environment, _http);

    private IdentityToken Get(AwsStsIdentity? settings = null, double seconds = 30) => Provider(settings).GetToken(_machine.Deadline(seconds));

    private BrokerException Error(string code, AwsStsIdentity? settings = null, double seconds = 30)
    {
        var error = Expect.Error(code, () => Get(settings, seconds));
        Assert.All(_aws.Secrets, secret => Assert.DoesNotContain(secret, error.All(), StringComparison.Ordinal));
        return error;
    }

    private string[] Asked => [.. _aws.Asked.Select(line => line.Replace(_aws.Role, "ROLE", StringComparison.Ordinal))];

    [Fact]
    public void The_request_is_this_to_the_letter_and_rightly_signed()
    {
        UseEnvironment();
        string token = Made.Jwt("{}");
        _aws.Mint = () => token;

        Assert.Equal(token, Get().Reveal());

        string request = Assert.Single(_aws.Server.Requests);
        string body = "Action=GetWebIdentityToken&Version=2011-06-15&Audience.member.1=https%3A%2F%2Fapi.anthropic.com&SigningAlgorithm=ES384&DurationSeconds=300";
        Assert.Equal(
            HttpText.Request(_aws.Server, "POST /",
                "Content-Type: application/x-www-form-urlencoded",
                $"Content-Length: {body.Length}",
                "X-Amz-Date: " + AwsSignatureCheck.Header(request, "X-Amz-Date"),
                "X-Amz-Security-Token: " + _aws.SessionToken,
                "Authorization: " + AwsSignatureCheck.Header(request, "Authorization")) + body,
            HttpText.Sorted(request));
        Assert.Equal(_machine.Clock.GetUtcNow().UtcDateTime.ToString("yyyyMMddTHHmmssZ", System.Globalization.CultureInfo.InvariantCulture), AwsSignatureCheck.Header(request, "X-Amz-Date"));
    }

    [Fact]
    public void Every_call_mints_a_new_token_and_keys_need_not_be_temporary()
    {
        _aws.SessionToken = null;
        UseEnvironment();

        Assert.NotEqual(Get().Digest, Get().Digest);
        Assert.Equal(TokenSupply.Minted, Provider().Supply);
    }

    [Fact]
    public void A_wrong_secret_key_is_refused_and_what_was_signed_is_not_shown()
    {
        UseEnvironment();
        _machine.Variables["AWS_SECRET_ACCESS_KEY"] = Made.Name(40);

        var error = Error("AB0409");

        Assert.EndsWith("answered 403: SignatureDoesNotMatch", error.Message, StringComparison.Ordinal);
        Assert.Contains("clock", error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_environments_credentials_come_before_the_containers_and_those_before_the_instances()
    {
        _machine.Variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = _aws.Url + "/v2/credentials";
        UseEnvironment();
        Get();
        Assert.Equal([GetToken], Asked);

        _machine.Variables["AWS_ACCESS_KEY_ID"] = _machine.Variables["AWS_SECRET_ACCESS_KEY"] = null;
        Get();
        Assert.Equal(["GET /v2/credentials", GetToken], Asked[1..]);

        _machine.Variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = null;
        Get();
        Assert.Equal([.. FromInstance, GetToken], Asked[3..]);
    }

    [Theory]
    [InlineData("AWS_ACCESS_KEY_ID")]
    [InlineData("AWS_SECRET_ACCESS_KEY")]
    public void Of_half_set_keys_the_missing_one_is_named(string missing)
    {
        UseEnvironment();
        _machine.Variables[missing] = "";

        Assert.EndsWith($"but {missing} is not", Error("AB0410").Message, StringComparison.Ordinal);
        Assert.Empty(Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_containers_endpoint_is_shown_its_token_and_the_file_wins(bool fromFile)
    {
        _aws.ContainerToken = Made.Name(40);
        _machine.Variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = _aws.Url + "/v2/credentials";
        _machine.Variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = fromFile ? "another" : _aws.ContainerToken;
        _machine.Variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = fromFile ? _machine.Home.Write("pod-identity", _aws.ContainerToken + "\n") : null;

        Get();

        Assert.Equal(
            HttpText.Request(_aws.Server, "GET /v2/credentials", "Accept: application/json", "Authorization: " + _aws.ContainerToken),
            HttpText.Sorted(_aws.Server.Requests[0]));
    }

    [Fact]
    public void A_containers_refusal_names_what_to_check()
    {
        _aws.ContainerToken = Made.Name(40);
        _machine.Variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = _aws.Url + "/v2/credentials";

        Assert.Contains("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", Error("AB0409").All(), StringComparison.Ordinal);

        _machine.Variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = _machine.Home["gone"];
        Assert.Contains(_machine.Home["gone"], Error("AB0402").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://credentials.example/v2", "AB0310")]
    [InlineData("http://10.0.0.1/v2", "AB0310")]
    public void A_containers_token_goes_to_a_safe_address_alone(string address, string code)
    {
        _aws.ContainerToken = Made.Name(40);
        _machine.Variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = address;
        _machine.Variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = _aws.ContainerToken;

        Assert.Contains("AWS_CONTAINER_CREDENTIALS_FULL_URI", Error(code).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_instances_session_is_asked_for_once_and_serves_for_role_and_region()
    {
        _machine.Variables["AWS_REGION"] = null;
        _aws.Region = "ap-southeast-2";

        Get();

        Assert.Equal([.. FromInstance, "GET /latest/meta-data/placement/region", GetToken], Asked);
        Assert.Equal(
            HttpText.Request(_aws.Server, "PUT /latest/api/token", "X-aws-ec2-metadata-token-ttl-seconds: 60", "Content-Length: 0"),
            HttpText.Sorted(_aws.Server.Requests[0]));
        Assert.Equal(HttpText.Request(_aws.Server, FromInstance[1], "X-aws-ec2-metadata-token: " + _aws.Session), HttpText.Sorted(_aws.Server.Requests[1]));
    }

    [Fact]
    public void An_instance_without_a_role_is_told_so()
    {
        _aws.Instead = static request => request.Contains("security-credentials", StringComparison.Ordinal) ? RawServer.Answer(404, "") : null;

        Assert.Contains("attach an IAM role", Error("AB0409").All(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_role_that_cannot_be_assumed_is_told_in_AWSs_words()
    {
        _aws.Instead = request => request.Contains(_aws.Role, StringComparison.Ordinal)
            ? RawServer.Answer(200, """{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role agents."}""")
            : null;

        Assert.EndsWith("AssumeRoleUnauthorizedAccess: EC2 cannot assume the role agents.", Error("AB0409").Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>Log in</html>")]
    [InlineData("")]
    [InlineData("two words")]
    public void What_is_not_the_metadata_service_is_told_apart(string body)
    {
        _aws.Instead = _ => RawServer.Answer(200, body);

        Error("AB0412");
    }

    [Fact]
    public void A_role_is_no_way_to_another_path()
    {
        _aws.Instead = static request => request.StartsWith("GET", StringComparison.Ordinal) ? RawServer.Answer(200, "../../user-data?x=") : null;

        Error("AB0412");
        Assert.Equal(2, Asked.Length);
    }

    [Fact]
    public void A_session_that_is_lost_on_its_way_into_a_container_hints_at_the_hop_limit()
    {
        using ManualResetEventSlim end = new();
        _aws.Instead = _ =>
        {
            end.Wait();
            return RawServer.Answer(200, "");
        };

        try
        {
            Assert.Contains("hop-limit", Error("AB0409", seconds: 0.3).All(), StringComparison.Ordinal);
        }
        finally
        {
            end.Set();
        }
    }

    [Fact]
    public void An_instance_that_may_not_be_asked_is_not_asked()
    {
        _machine.Variables["AWS_EC2_METADATA_DISABLED"] = "TRUE";

        Assert.Contains("AWS_EC2_METADATA_DISABLED", Error("AB0410").Message, StringComparison.Ordinal);
        Assert.Empty(Asked);
    }

    [Theory]
    [InlineData("us-west-2", "eu-west-1", "eu-west-3", "us-west-2")]
    [InlineData(null, "eu-west-1", "eu-west-3", "eu-west-1")]
    [InlineData(null, null, "eu-west-3", "eu-west-3")]
    public void The_profiles_region_comes_first(string? profile, string? region, string? fallback, string expected)
    {
        UseEnvironment();
        _machine.Variables["AWS_REGION"] = region;
        _machine.Variables["AWS_DEFAULT_REGION"] = fallback;
        _aws.Region = expected;

        Get(new AwsStsIdentity { Region = profile });
    }

    [Fact]
    public void Keys_of_the_environment_without_a_region_do_not_make_the_instance_be_asked()
    {
        UseEnvironment();
        _machine.Variables["AWS_REGION"] = null;

        Assert.Contains("AWS_REGION", Error("AB0410").Message, StringComparison.Ordinal);
        Assert.Empty(Asked);
    }

    [Theory]
    [InlineData("eu-central-1.evil.example/")]
    [InlineData("EU")]
    public void A_region_is_no_way_to_another_host(string region)
    {
        UseEnvironment();
        _machine.Variables["AWS_ENDPOINT_URL_STS"] = null;
        _machine.Variables["AWS_REGION"] = region;

        Error("AB0305");
    }

    [Theory]
    [InlineData("OutboundWebIdentityFederationDisabledException", "enable-outbound-web-identity-federation")]
    [InlineData("AccessDenied", "sts:GetWebIdentityToken")]
    [InlineData("ExpiredToken", "credentials are no longer valid")]
    public void A_refusal_is_final_and_says_what_to_do(string code, string hint)
    {
        UseEnvironment();
        _aws.Instead = _ => AwsImitation.Error(403, code, "Not &quot;now&quot;.");

        var error = Error("AB0409");

        Assert.EndsWith($"answered 403: {code}: Not \"now\".", error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.All(), StringComparison.Ordinal);
        Assert.Single(Asked);
    }

    [Theory]
    [InlineData(400, "Throttling")]
    [InlineData(503, "ServiceUnavailable")]
    public void A_failure_that_may_pass_is_tried_again(int status, string code)
    {
        UseEnvironment();
        int asked = 0;
        _aws.Instead = _ => asked++ == 0 ? AwsImitation.Error(status, code, "Rate exceeded") : null;

        Get();

        Assert.Equal(2, Asked.Length);
    }

    [Theory]
    [InlineData("<GetWebIdentityTokenResponse/>", "AB0409")]
    [InlineData("<GetWebIdentityTokenResponse><GetWebIdentityTokenResult><WebIdentityToken></WebIdentityToken></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>", "AB0403")]
    [InlineData("<GetWebIdentityTokenResponse><GetWebIdentityTokenResult><WebIdentityToken>abc</WebIdentityToken></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>", "AB0405")]
    [InlineData("<GetWebIdentityTokenResponse><GetWebIdentityTokenResult><WebIdentityToken>abc", "AB0409")]
    [InlineData("<WebIdentityToken>abc</WebIdentityToken>", "AB0409")]
    [InlineData("<GetWebIdentityTokenResponse><GetWebIdentityTokenResult><WebIdentityToken><b>abc</b></WebIdentityToken></GetWebIdentityTokenResult></GetWebIdentityTokenResponse>", "AB0409")]
    [InlineData("""{"WebIdentityToken":"abc"}""", "AB0409")]
    public void An_answer_without_a_token_is_an_error(string body, string code)
    {
        UseEnvironment();
        _aws.Instead = _ => RawServer.Answer(200, body);

        Error(code);
    }

    [Fact]
    public void Without_an_audience_nobody_is_asked()
    {
        Assert.Contains("aws-sts", Expect.Error("AB0411", () => Provider(audience: null).GetToken(_machine.Deadline())).Message, StringComparison.Ordinal);
        Assert.Empty(Asked);
    }

    [Theory]
    [InlineData("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/x")]
    [InlineData("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/v1/credentials")]
    [InlineData("AWS_LAMBDA_FUNCTION_NAME", "agents")]
    public void A_container_or_a_function_is_found_by_its_variables(string variable, string value)
    {
        _machine.Variables[variable] = value;

        FoundIdentity found = IdentitySources.Detect(new DetectionContext(_machine.Environment, Audience))!;

        Assert.Equal((Audience, variable), (Assert.IsType<AwsStsIdentity>(found.Source).Audience, found.Origin));
    }

    [Fact]
    public void Keys_in_the_environment_alone_decide_nothing_and_that_is_told()
    {
        UseEnvironment();
        List<SkippedSource> passed = [];

        Assert.Null(IdentitySources.Detect(new DetectionContext(_machine.Environment, null, passed)));

        Assert.Contains(passed, static one => one.Source == "aws-sts" && one.Reason.Contains("AWS_ACCESS_KEY_ID", StringComparison.Ordinal));
    }

    [Fact]
    public void Other_credentials_are_another_identity_and_none_is_in_the_key()
    {
        UseEnvironment();
        string first = KeyOf();
        _machine.Variables["AWS_ACCESS_KEY_ID"] = "ASIA" + Made.Name(16);
        string second = KeyOf();
        _machine.Variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/v2/credentials/" + Guid.NewGuid();
        string third = KeyOf();

        Assert.Distinct([first, second, third]);
        Assert.StartsWith($"identity=aws-sts|host=test-host|audience={Audience}|region=eu-west-1|", third, StringComparison.Ordinal);
        Assert.All([_aws.AccessKeyId, _aws.SecretAccessKey, _aws.SessionToken!, "/v2/credentials"], secret => Assert.DoesNotContain(secret, first + third, StringComparison.Ordinal));

        string KeyOf()
        {
            KeyText key = new();
            Sources.AddToKey(key, new AwsStsIdentity { Region = "eu-west-1" }, Audience, _machine.Environment);
            return key.ToString();
        }
    }
}
