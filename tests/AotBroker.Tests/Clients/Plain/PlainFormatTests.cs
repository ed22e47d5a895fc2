using System.Text;
using System.Text.Json;
using AotBroker.Clients;
using AotBroker.Exchange;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Formats for scripts, to the octet.</summary>
public sealed class PlainFormatTests
{
    private const long Now = TestClock.StartSeconds;

    private readonly string _token = Made.AccessToken();

    private OutputCredential Output(string? baseUrl = null, string? token = null, string? scope = null, long now = Now) => new(
        new Credential { AccessToken = new Secret(token ?? _token), TokenType = "Bearer", IssuedAt = Now, ExpiresAt = Now + 600, Scope = scope }, "ci", baseUrl, now);

    private static void AssertOctets(string expected, byte[] actual) => Assert.Equal(Encoding.UTF8.GetBytes(expected), actual);

    [Fact]
    public void Token_is_the_bare_token_and_a_newline() => AssertOctets(_token + "\n", Formats.Write("token", Output()));

    [Fact]
    public void Json_is_one_line() => AssertOctets(
        $$"""{"access_token":"{{_token}}","token_type":"Bearer","expires_at":{{Now + 600}},"expires_in":599,"profile":"ci"}""" + "\n",
        Formats.Write("json", Output(now: Now + 1)));

    [Fact]
    public void Json_never_says_that_it_expires_in_the_past()
    {
        using JsonDocument json = JsonDocument.Parse(Formats.Write("json", Output(now: Now + 700)));

        Assert.Equal(0, json.RootElement.GetProperty("expires_in").GetInt64());
        Assert.Equal(Now + 600, json.RootElement.GetProperty("expires_at").GetInt64());
    }

    [Fact]
    public void Header_is_an_object_of_headers() =>
        AssertOctets($$"""{"Authorization":"Bearer {{_token}}"}""" + "\n", Formats.Write("header", Output()));

    [Theory]
    [InlineData(null, "")]
    [InlineData("https://api.example:8443/path", "ANTHROPIC_BASE_URL=https://api.example:8443/path\n")]
    [InlineData("http://[::1]:8080", "ANTHROPIC_BASE_URL=http://[::1]:8080\n")]
    public void Env_is_lines_and_names_the_address_where_it_is_not_the_default_one(string? baseUrl, string second) =>
        AssertOctets($"ANTHROPIC_AUTH_TOKEN={_token}\n{second}", Formats.Write("env", Output(baseUrl)));

    [Theory]
    [InlineData("https://api.example/$(id)")]
    [InlineData("https://api.example/a b")]
    [InlineData("https://api.example/`id`")]
    [InlineData("https://api.example/'")]
    [InlineData("https://api.example/\"")]
    [InlineData("https://api.example/;id")]
    [InlineData("https://api.example/&id")]
    [InlineData("https://api.example/*")]
    [InlineData("https://api.example/\n")]
    [InlineData("https://api.example/ä")]
    public void Env_has_nothing_that_a_shell_could_act_on(string baseUrl)
    {
        var error = Expect.Error("AB0305", () => Formats.Write("env", Output(baseUrl)));

        Assert.DoesNotContain(_token, error.All(), StringComparison.Ordinal);
        Assert.Contains("ANTHROPIC_BASE_URL", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tok$en")]
    [InlineData("tok'en")]
    public void Env_refuses_a_token_that_a_shell_could_act_on(string token) =>
        Expect.Error("AB0305", () => Formats.Write("env", Output(token: token)));

    [Theory]
    [InlineData("json")]
    [InlineData("header")]
    [InlineData("anthropic")]
    public void Whatever_characters_a_token_may_have_json_stays_valid_and_holds_it(string format)
    {
        string token = string.Concat(Enumerable.Range('!', '~' - '!' + 1).Select(static c => (char)c));

        using JsonDocument json = JsonDocument.Parse(Formats.Write(format, Output(token: token)));

        Assert.Equal(format == "header" ? "Bearer " + token : token, json.RootElement.GetProperty(format == "header" ? "Authorization" : "access_token").GetString());
    }
}
