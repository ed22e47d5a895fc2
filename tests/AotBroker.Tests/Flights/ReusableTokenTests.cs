using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Schemas;
using AotBroker.Settings;
using Microsoft.Extensions.Logging.Abstractions;

namespace AotBroker.Tests;

/// <summary>
/// Whether a token may be presented again is a property of the exchange, as its service's documentation has it, and a profile
/// may say otherwise (invariant 1).
/// </summary>
public sealed class ReusableTokenTests : IDisposable
{
    private const string Plain = """{"type":"token-exchange","url":"@URL@/t"}""";
    private const string Grant = """{"type":"jwt-bearer","url":"@URL@/t"}""";
    private const string Answer = """{"access_token":"@TOKEN@","token_type":"Bearer","expires_in":600}""";
    private const string InFile = """{"source":"file","path":"token"}""";

    private readonly List<ExchangeMachine> _machines = [];

    public void Dispose() => _machines.ForEach(static machine => machine.Dispose());

    private ExchangeMachine Start(params byte[][] answers)
    {
        ExchangeMachine machine = new(answers);
        _machines.Add(machine);
        Rotate(machine);
        return machine;
    }

    private static void Rotate(ExchangeMachine machine, string subject = "job") => machine.Machine.Home.Write(
        "token", Made.Jwt($$"""{"iss":"https://issuer.example","sub":"{{subject}}","jti":"{{Made.Name()}}","exp":{{machine.Machine.Clock.Now + 3600}}}"""));

    private static byte[] Granted() => ExchangeMachine.Granting(Answer).Answer;

    private static Credential Obtain(ExchangeMachine machine, string settings, bool force = false, double seconds = 30, string identity = InFile) =>
        Obtain(machine, machine.Profile(settings, identity), force, seconds);

    private static Credential Obtain(ExchangeMachine machine, FederatedProfile profile, bool force = false, double seconds = 30) =>
        new Broker(machine.Machine.Environment, machine.Machine.Reporter, NullLogger.Instance, static () => new PinnedHttp())
            .Obtain(profile, new Freshness { Force = force }, TimeSpan.FromSeconds(seconds));

    public static TheoryData<string, bool> Defaults => new()
    {
        { """{"type":"anthropic","federation_rule_id":"fdrl_01","organization_id":"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f"}""", true },
        { """{"type":"pypi"}""", true },
        { """{"type":"crates-io"}""", true },
        { """{"type":"npm","package":"a"}""", true },
        { """{"type":"nuget","username":"a"}""", true },
        { Grant, true },
        { Plain, false },
        { """{"type":"token-exchange","preset":"databricks","url":"https://a.example"}""", false },
        { """{"type":"octo-sts","scope":"a/b","identity":"c"}""", false },
        { """{"type":"aws-sts","role_arn":"arn:aws:iam::123456789012:role/a"}""", false },
        { """{"type":"google-sts","audience":"//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a/providers/b"}""", false },
        { """{"type":"entra","tenant_id":"9b1f0c7e-2d3a-4c5b-8e6f-7a8b9c0d1e2f","client_id":"6f5e4d3c-2b1a-4c5b-8e6f-7a8b9c0d1e2f","scope":"https://a/.default"}""", false },
        { """{"type":"vault","address":"https://vault.example","role":"a"}""", false },
        { """{"type":"none"}""", false },
    };

    [Theory]
    [MemberData(nameof(Defaults))]
    public void Each_exchange_has_its_services_default_and_a_profile_says_otherwise(string settings, bool isSingleUse)
    {
        ExchangeMachine machine = Start(Granted());

        Assert.Equal(isSingleUse, machine.Profile(settings).Exchange.IsSingleUse);
        foreach (bool said in new[] { true, false })
        {
            string changed = settings[..^1] + $",\"single_use\":{(said ? "true" : "false")}}}";
            Assert.Equal(said, machine.Profile(changed).Exchange.IsSingleUse);
        }
    }

    [Fact]
    public void One_token_serves_any_number_of_exchanges()
    {
        ExchangeMachine machine = Start(Granted());
        for (int scope = 0; scope < 5; scope++)
        {
            Obtain(machine, Plain[..^1] + $",\"scope\":\"s{scope}\"}}");
        }
        machine.Machine.Clock.Advance(601);
        Obtain(machine, Plain[..^1] + ",\"scope\":\"s0\"}");

        Assert.Equal(6, machine.Requests.Count);
        Assert.Empty(machine.Machine.Error.Text);
        Assert.Empty(Directory.GetFiles(machine.Machine.CacheDirectory, "presented*"));
    }

    [Fact]
    public void A_profile_that_says_single_use_presents_it_once()
    {
        ExchangeMachine machine = Start(Granted());
        const string Single = """{"type":"token-exchange","url":"@URL@/t","single_use":true,"scope":"@"}""";
        Obtain(machine, Single.Replace("\"@\"", "\"a\"", StringComparison.Ordinal));

        Expect.Error("AB0408", () => Obtain(machine, Single.Replace("\"@\"", "\"b\"", StringComparison.Ordinal)));

        Assert.Single(machine.Requests);
    }

    [Fact]
    public void A_profile_that_says_reusable_presents_it_again_at_a_service_that_takes_it_once_by_default()
    {
        ExchangeMachine machine = Start(Granted());
        const string Reusable = """{"type":"jwt-bearer","url":"@URL@/t","single_use":false}""";
        Obtain(machine, Reusable);

        Obtain(machine, Reusable, force: true);

        Assert.Equal(2, machine.Requests.Count);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public void A_failure_that_may_pass_is_retried_with_the_same_token(int status)
    {
        ExchangeMachine machine = Start(RawServer.Answer(status, ""), Granted());

        Obtain(machine, Plain);

        Assert.Equal(2, machine.Requests.Count);
        Assert.Single(machine.Requests.Distinct());
        Assert.Empty(machine.Machine.Error.Text);
    }

    [Fact]
    public void A_refusal_is_remembered_and_force_asks_again_with_the_same_token()
    {
        ExchangeMachine machine = Start(RawServer.Answer(400, """{"error":"invalid_request"}"""), Granted());
        var refused = Assert.Throws<BrokerException>(() => Obtain(machine, Plain));
        Assert.Equal(refused.Code, Assert.Throws<BrokerException>(() => Obtain(machine, Plain)).Code);
        Assert.Single(machine.Requests);

        Obtain(machine, Plain, force: true);

        Assert.Equal(2, machine.Requests.Count);
    }

    [Theory]
    [InlineData(429, Plain)]
    [InlineData(429, Grant)]
    [InlineData(503, Plain)]
    [InlineData(503, Grant)]
    public void A_service_that_asks_for_patience_gets_it_as_long_as_the_caller_has_time(int status, string settings)
    {
        byte[] busy = RawServer.Answer(status, """{"error":"slow_down"}""", "Retry-After: 1");
        ExchangeMachine machine = Start(busy, busy, busy, busy, Granted());

        Obtain(machine, settings);

        Assert.Equal(5, machine.Requests.Count);
        Assert.Empty(machine.Machine.Error.Text);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public void What_a_service_did_not_judge_is_no_presentation_for_the_next_process(int status)
    {
        byte[] busy = RawServer.Answer(status, "", "Retry-After: 20");
        ExchangeMachine machine = Start(busy, Granted());

        Assert.Throws<BrokerException>(() => Obtain(machine, Grant, seconds: 10));
        machine.Machine.Clock.Advance(21);
        Obtain(machine, Grant);

        Assert.Equal(2, machine.Requests.Count);
        Assert.Empty(machine.Machine.Error.Text);
    }

    [Fact]
    public void What_was_sent_without_an_answer_is_presented_once_more_where_the_service_takes_it_once()
    {
        ExchangeMachine machine = Start(RawServer.Answer(500, ""));
        Assert.Throws<BrokerException>(() => Obtain(machine, Grant));
        Assert.Single(machine.Requests);
        machine.Machine.Clock.Advance(6);

        Assert.Throws<BrokerException>(() => Obtain(machine, Grant));
        machine.Machine.Clock.Advance(6);
        Expect.Error("AB0408", () => Obtain(machine, Grant));

        Assert.Equal(2, machine.Requests.Count);
    }

    [Fact]
    public void Entra_that_does_not_know_the_federated_credential_yet_is_asked_again()
    {
        const string Entra = """{"type":"entra","tenant_id":"9b1f0c7e-2d3a-4c5b-8e6f-7a8b9c0d1e2f","client_id":"6f5e4d3c-2b1a-4c5b-8e6f-7a8b9c0d1e2f","scope":"https://a/.default","authority_host":"@URL@"}""";
        byte[] unknown = RawServer.Answer(401, """{"error":"invalid_client","error_description":"AADSTS700213: No matching federated identity record found","error_codes":[700213]}""");
        ExchangeMachine machine = Start(unknown, unknown, Granted());

        Obtain(machine, Entra);
        Assert.Equal(3, machine.Requests.Count);

        machine = Start(RawServer.Answer(401, """{"error":"invalid_client","error_description":"AADSTS700016","error_codes":[700016]}"""));
        Expect.Error("AB0501", () => Obtain(machine, Entra));
        Assert.Single(machine.Requests);
    }

    [Fact]
    public async Task Of_none_with_single_use_each_caller_gets_a_token_of_its_own_where_the_source_mints()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Machine.WriteBrokerProfile("relay", """{"identity":{"source":"github-actions","audience":"https://a.example"},"exchange":{"type":"none","single_use":true}}""");
        machine.Machine.Variables["AOTBROKER_PROFILE"] = "relay";

        List<Credential> credentials = Threads.Start(8, _ => machine.Obtain()).Results();

        Assert.Distinct(credentials.Select(static one => one.AccessToken!.Reveal()));
        Assert.Empty(machine.Machine.Error.Text);
    }

    [Fact]
    public void Of_none_with_single_use_a_token_that_cannot_be_minted_is_handed_out_once()
    {
        const string Relay = """{"type":"none","single_use":true}""";
        ExchangeMachine machine = Start(Granted());

        FederatedProfile profile = machine.Profile(Relay, InFile);

        List<string> handed = [.. Threads.Start(8, _ => Record(() => Obtain(machine, profile).AccessToken!.Reveal())).Results()];

        Assert.Single(handed, static one => one.StartsWith("ey", StringComparison.Ordinal));
        Assert.Equal(Enumerable.Repeat(nameof(ErrorCode.IdentityAlreadyPresented), 7), handed.Where(static one => !one.StartsWith("ey", StringComparison.Ordinal)));
        Assert.Contains("was already handed out", Expect.Error("AB0408", () => Obtain(machine, Relay)).Message, StringComparison.Ordinal);
        Rotate(machine);
        Assert.StartsWith("ey", Obtain(machine, Relay).AccessToken!.Reveal(), StringComparison.Ordinal);
        Assert.Empty(machine.Requests);

        static string Record(Func<string> obtain)
        {
            try
            {
                return obtain();
            }
            catch (BrokerException error)
            {
                return error.Code.ToString();
            }
        }
    }
}
