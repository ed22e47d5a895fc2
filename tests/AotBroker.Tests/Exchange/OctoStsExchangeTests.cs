using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>octo-sts, which gives a GitHub installation token.</summary>
public sealed class OctoStsExchangeTests
{
    private const string Settings = """{"type":"octo-sts","scope":"org/repo","identity":"release","url":"@URL@"}""";
    private const string AnAnswer = """{"token":"@TOKEN@"}""";

    [Fact]
    public void The_request_is_this_to_the_letter()
    {
        (string token, byte[] answer) = ExchangeMachine.Granting(AnAnswer);
        using ExchangeMachine machine = new(answer);
        IdentityToken identity = Made.IdentityToken();

        Credential credential = machine.Present(Settings, identity).Credential!;

        Assert.Equal(
            HttpText.Request(machine.Server, "GET /sts/exchange?scope=org%2Frepo&identity=release", "Accept: application/json", "Authorization: Bearer " + identity.Reveal(), "Content-Length: 0"),
            HttpText.Sorted(Assert.Single(machine.Requests)));
        Assert.Equal((token, 3600, true), (credential.AccessToken!.Reveal(), credential.Lifetime, machine.GaveToShare));
    }

    [Fact]
    public void It_is_for_GitHub_with_its_user_name_and_the_token_is_made_for_the_service()
    {
        using ExchangeMachine machine = new(ExchangeMachine.Granting(AnAnswer).Answer);

        machine.Obtain(Settings);
        machine.Obtain(Settings);

        Assert.Single(machine.Requests);
        Assert.Equal("127.0.0.1", machine.MintedFor);
        IExchange exchange = machine.Profile("""{"type":"octo-sts","scope":"org","identity":"release"}""").Exchange;
        Assert.Equal(("octo-sts.dev", "x-access-token", "https://octo-sts.dev/sts/exchange?scope=org&identity=release"), (exchange.Audience, exchange.UserName, exchange.Endpoint));
        Assert.Equal(["github.com"], exchange.Hosts);
    }

    [Theory]
    [InlineData(400, "AB0501")]
    [InlineData(401, "AB0501")]
    [InlineData(403, "AB0503")]
    [InlineData(404, "AB0504")]
    public void A_refusal_is_final_and_names_the_trust_policy(int status, string code)
    {
        using ExchangeMachine machine = new(RawServer.Answer(status, """{"code":5,"message":"unable to find trust policy for \"release\"","details":[]}"""));

        BrokerException error = Expect.Error(code, () => machine.Obtain(Settings));

        Assert.Contains("unable to find trust policy", error.Message, StringComparison.Ordinal);
        Assert.Contains(".github/chainguard/release.sts.yaml of org/repo", error.All(), StringComparison.Ordinal);
        Assert.Single(machine.Requests);
    }

    [Fact]
    public void A_page_that_is_not_there_is_the_address_fault() =>
        Assert.Contains("check the address", Refusal(404, "<html>").Hints[0], StringComparison.Ordinal);

    private static BrokerException Refusal(int status, string body)
    {
        using ExchangeMachine machine = new(RawServer.Answer(status, body));
        return Expect.Error("AB0504", machine.Present(Settings).Error);
    }

    [Fact]
    public void After_a_failure_of_the_server_a_fresh_token_is_presented()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, """{"code":13,"message":"failed to get token"}"""), ExchangeMachine.Granting(AnAnswer).Answer);

        machine.Obtain(Settings);

        Assert.Equal(2, machine.Requests.Select(static request => request.Split("Authorization: ")[1].Split('\r')[0]).Distinct().Count());
    }

    [Fact]
    public void A_token_in_a_header_counts_as_sent_where_no_answer_comes()
    {
        byte[] answer = ExchangeMachine.Granting(AnAnswer).Answer;
        using ExchangeMachine machine = new(answer[..20]);

        ExchangeResult result = machine.Present(Settings);

        Assert.Equal((Presentation.Unknown, true), (result.Presentation, result.MayPass));
    }

    [Theory]
    [InlineData("""{"message":"no"}""")]
    [InlineData("""{"token":1}""")]
    [InlineData("""{"token":""}""")]
    [InlineData("""{"token":"a b"}""")]
    [InlineData("""{"token":"a","expires":"soon"}""")]
    [InlineData("""{"token":"a","expires":"\ud800"}""")]
    [InlineData("""["token"]""")]
    [InlineData("""{"token":"\ud800"}""")]
    [InlineData("""{"token":""")]
    public void An_answer_that_is_none_is_told(string body)
    {
        using ExchangeMachine machine = new(RawServer.Answer(200, body));

        Expect.Error("AB0507", machine.Present(Settings).Error);
    }

    [Theory]
    [InlineData("""{"type":"octo-sts","identity":"release"}""", "AB0303")]
    [InlineData("""{"type":"octo-sts","scope":"org/repo/x","identity":"release"}""", "AB0303")]
    [InlineData("""{"type":"octo-sts","scope":"org/repo","identity":"../x"}""", "AB0303")]
    [InlineData("""{"type":"octo-sts","scope":"org/repo","identity":"release","url":"http://sts.example"}""", "AB0310")]
    public void What_cannot_work_is_told_before_anything_is_sent(string settings, string code)
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));

        Expect.Error(code, () => machine.Present(settings));
        Assert.Empty(machine.Requests);
    }

    [Fact]
    public void Whatever_decides_what_is_minted_is_in_the_key()
    {
        using ExchangeMachine machine = new(RawServer.Answer(500, ""));
        string[] all =
        [
            Settings,
            """{"type":"octo-sts","scope":"org/repo","identity":"release"}""",
            """{"type":"octo-sts","scope":"org/other","identity":"release"}""",
            """{"type":"octo-sts","scope":"org/repo","identity":"other"}""",
        ];

        Assert.Equal(all.Length, all.Select(machine.KeyOf).Distinct().Count());
    }

    [Theory]
    [InlineData(204, null)]
    [InlineData(401, null)]
    [InlineData(403, "AB0509")]
    [InlineData(302, "AB0506")]
    public void The_token_is_taken_back(int status, string? code)
    {
        using ExchangeMachine machine = new(RawServer.Answer(status, ""));
        machine.Machine.Variables["GITHUB_API_URL"] = machine.Server.Url + "/";
        Credential credential = Made.Credential();

        BrokerException? error = machine.Revoke(Settings, credential);

        Assert.Equal(
            HttpText.Request(machine.Server, "DELETE /installation/token", "Accept: application/json", "Authorization: Bearer " + credential.AccessToken!.Reveal()),
            HttpText.Sorted(Assert.Single(machine.Requests)));
        Assert.True(code is null ? error is null : Expect.Error(code, error) is not null);
    }
}
