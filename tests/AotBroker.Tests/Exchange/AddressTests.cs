using AotBroker.Exchange;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Invariant 8: where an identity token may be sent.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("https://api.anthropic.com")]
    [InlineData("https://api.example:8443/path")]
    [InlineData("https://10.0.0.1")]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:8080/path")]
    [InlineData("http://LOCALHOST:8080")]
    [InlineData("http://127.0.0.1:8080")]
    [InlineData("http://127.8.9.10:8080")]
    [InlineData("http://[::1]:8080")]
    [InlineData("http://[::ffff:127.0.0.1]:8080")]
    public void Https_goes_anywhere_and_http_to_loopback(string address) => Exchange(address).Check();

    [Theory]
    [InlineData("http://api.anthropic.com")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("http://localhost.")]
    [InlineData("http://xlocalhost")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("http://128.0.0.1")]
    [InlineData("http://0.0.0.0")]
    [InlineData("http://10.0.0.1")]
    [InlineData("http://[::]")]
    [InlineData("http://[::2]")]
    [InlineData("http://[::ffff:10.0.0.1]")]
    [InlineData("http://169.254.169.254")]
    [InlineData("http://localhost@evil.example")]
    [InlineData("http://localhost:80@evil.example")]
    [InlineData("https://user@api.example")]
    [InlineData("https://user:password@api.example")]
    [InlineData("ftp://api.example")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("api.anthropic.com")]
    [InlineData("//api.anthropic.com")]
    [InlineData("https://")]
    [InlineData("https://api.example#part")]
    [InlineData("https://api.example?a=b")]
    [InlineData("https://api.example?")]
    [InlineData("https://a b")]
    [InlineData(" ")]
    public void Any_other_address_is_refused_before_an_identity_is_asked_for(string address)
    {
        var error = Expect.Error("AB0310", () => Exchange(address).Check());

        Assert.Contains("ANTHROPIC_BASE_URL", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password", error.Message.Replace("a user name or a password", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_of_the_wrong_form_is_refused_there_too()
    {
        AnthropicFederation federation = Made.Federation("https://api.example") with { WorkspaceId = new Setting("production", "ANTHROPIC_WORKSPACE_ID") };

        Expect.Error("AB0305", () => Exchange(federation).Check());
    }

    private static AnthropicFederationExchange Exchange(string address) => Exchange(Made.Federation(address));

    private static AnthropicFederationExchange Exchange(AnthropicFederation federation) =>
        new(federation, new ProcessEnvironment(static _ => null, TimeProvider.System, static () => "/", static () => "host"));
}
