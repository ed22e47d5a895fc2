using System.Text;
using AotBroker.Clients;
using AotBroker.Exchange;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>The credentials file, to the octet.</summary>
public sealed class AnthropicFormatTests
{
    private const long Now = TestClock.StartSeconds;

    private readonly string _token = Made.AccessToken();

    private OutputCredential Output(string? baseUrl = null, string? token = null, string? scope = null, long now = Now) => new(
        new Credential { AccessToken = new Secret(token ?? _token), TokenType = "Bearer", IssuedAt = Now, ExpiresAt = Now + 600, Scope = scope }, "ci", baseUrl, now);

    private static void AssertOctets(string expected, byte[] actual) => Assert.Equal(Encoding.UTF8.GetBytes(expected), actual);

    [Fact]
    public void Anthropic_is_the_credentials_file_with_two_spaces_and_no_newline_at_its_end() => AssertOctets(
        $$"""
        {
          "version": "1.0",
          "type": "oauth_token",
          "access_token": "{{_token}}",
          "expires_at": {{Now + 600}},
          "scope": "workspace:developer"
        }
        """,
        Formats.Write("anthropic", Output(scope: "workspace:developer")));
}
