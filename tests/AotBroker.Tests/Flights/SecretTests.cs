using System.Text;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Reporting;
using AotBroker.Schemas;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>Invariant 5: no secret in a message, in a log, or in a file that is not the credential's own.</summary>
public sealed class SecretTests
{
    public static TheoryData<string> Failures =>
        ["none", "echo 401", "echo 400", "echo 500", "echo beside", "echo in the answer", "oversized", "html", "null", "drop", "redirect", "wrong type", "no expiry"];

    private static Fault? FaultOf(string name) => name switch
    {
        "echo 401" => Fault.EchoAssertionInBody(inMessage: true),
        "echo 400" => Fault.EchoAssertionInBody(inMessage: true, status: 400),
        "echo 500" => Fault.EchoAssertionInBody(inMessage: true, status: 500),
        "echo beside" => Fault.EchoAssertionInBody(),
        "echo in the answer" => Fault.EchoAssertionInBody(inMessage: true, status: 200),
        "oversized" => Fault.OversizedAnswer(),
        "html" => Fault.HtmlBody(),
        "null" => Fault.NullBody(),
        "drop" => Fault.DropAfterSpending(),
        "redirect" => Fault.Redirect(),
        "wrong type" => Fault.WrongTokenType(),
        "no expiry" => Fault.OmitExpiresIn(),
        _ => null,
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task However_an_exchange_ends_nothing_but_the_credentials_file_holds_a_secret(string failure)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        if (FaultOf(failure) is { } fault)
        {
            machine.Endpoint.Faults.Add(fault, times: null);
        }
        string token = File.ReadAllText(machine.TokenPath);
        string told = "";
        string? accessToken = null;
        try
        {
            StandardErrorLogger log = new(machine.Machine.Reporter, isEnabled: true);
            accessToken = new Broker(machine.Machine.Environment, machine.Machine.Reporter, log, static () => new PinnedHttp())
                .Obtain(machine.Profile, new Freshness(), TimeSpan.FromSeconds(30)).AccessToken!.Reveal();
        }
        catch (BrokerException error)
        {
            told = error.ToString() + error.All();
        }

        string entry = $"{machine.Key.FileStem}.json";
        Assert.Equal(failure == "none", accessToken is not null);
        Assert.Equal(failure == "none", File.Exists($"{machine.Machine.CacheDirectory}/{entry}"));
        AssertHoldsNone(told + machine.Machine.Error.Text, "what was told");
        foreach (string path in Directory.EnumerateFiles(machine.Machine.CacheDirectory))
        {
            string content = Encoding.UTF8.GetString(File.ReadAllBytes(path));
            if (Path.GetFileName(path) == entry)
            {
                Assert.Contains(accessToken!, content, StringComparison.Ordinal);
                content = content.Replace(accessToken!, "", StringComparison.Ordinal);
            }
            AssertHoldsNone(content, path);
        }

        void AssertHoldsNone(string text, string where)
        {
            foreach (string secret in token.Split('.'))
            {
                Assert.False(text.Contains(secret[..20], StringComparison.Ordinal), where);
            }
            Assert.False(text.Contains("sk-ant-oat01-", StringComparison.Ordinal), where);
        }
    }

    [Fact]
    public void A_credential_does_not_print_its_token()
    {
        Credential credential = Made.Credential();

        Assert.DoesNotContain(credential.AccessToken!.Reveal(), credential.ToString(), StringComparison.Ordinal);
    }
}
