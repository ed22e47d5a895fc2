using AotBroker.Brokering;
using AotBroker.Commands;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Where the identity token itself is the credential.</summary>
public sealed class NoExchangeTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private ExchangeResult Present(string claims) =>
        new IdentityAsCredential(new NoExchange(), _machine.Environment).Check().Present(IdentityToken.Parse(Made.Jwt(claims), "a test"), _http, _machine.Deadline());

    [Fact]
    public void The_token_is_handed_out_until_it_expires()
    {
        long now = _machine.Environment.Now;

        Credential credential = Present($$"""{"iat":{{now - 60}},"exp":{{now + 240}}}""").Credential!;

        Assert.Equal((now - 60, now + 240), (credential.IssuedAt, credential.ExpiresAt));
        Assert.Equal(3, credential.AccessToken!.Reveal().Split('.').Length);
    }

    [Fact]
    public void A_token_without_an_end_is_not_handed_out() => Expect.Error("AB0405", Present("{}").Error);

    [Fact]
    public void It_is_obtained_once_for_all_and_counts_as_nobodys_presentation()
    {
        _machine.WriteBrokerProfile("ci", """{"identity":{"source":"literal"},"exchange":{"type":"none"}}""");
        long now = _machine.Environment.Now;
        string token = Made.Jwt($$"""{"exp":{{now + 600}}}""");
        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN"] = token;
        Session session = new(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false);

        for (int i = 0; i < 2; i++)
        {
            Assert.Equal(0, GetCommand.Run(new GetOptions { Profile = "ci" }, session));
            Assert.Equal(0, GetCommand.Run(new GetOptions { Profile = "ci", ForceRefresh = true }, session));
        }

        Assert.Equal(string.Concat(Enumerable.Repeat(token + "\n", 4)), _machine.Output.Text);
        Assert.Empty(_machine.Error.Text);
        Assert.Empty(Directory.GetFiles(_machine.CacheDirectory, "presented*"));
    }
}
