using System.Text;
using AotBroker.Errors;
using AotBroker.Http;

namespace AotBroker.Tests;

/// <summary>Invariant 5: of an error's body, nothing that could be a token is repeated.</summary>
public sealed class ErrorBodyTests
{
    private const int Seed = 20300105;

    [Theory]
    [InlineData("""{"error":"invalid_grant"}""", "invalid_grant")]
    [InlineData("""{"error":"invalid_grant","error_description":"Not found","error_uri":"https://x.example"}""", "invalid_grant: Not found: https://x.example")]
    [InlineData("""{"type":"error","error":{"type":"authentication_error","message":"Authentication failed"}}""", "authentication_error: Authentication failed")]
    [InlineData("""{"error":{"type":"x"}}""", "x")]
    [InlineData("""{"error":{"message":"y"},"error_description":"not of this form"}""", "y")]
    [InlineData("""{"error":{"type":" ","message":""}}""", null)]
    [InlineData("""{"error":null}""", null)]
    [InlineData("""{"error":7,"error_description":"d"}""", "d")]
    [InlineData("""{"message":"dropped"}""", null)]
    [InlineData("""{"error":{"type":7,"message":["m"]}}""", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("", null)]
    [InlineData("<html>", null)]
    [InlineData("{\"error\":\"\\ud800\"}", null)]
    public void Only_the_members_that_standards_name_are_told(string body, string? expected) =>
        Assert.Equal(expected, Describe(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Octets_that_are_no_text_say_nothing() => Assert.Null(Describe([0xFF, 0x00, 0x22]));

    [Fact]
    public void Depth_without_end_says_nothing() => Assert.Null(Describe(Encoding.ASCII.GetBytes(new string('[', 100_000))));

    [Fact]
    public void A_text_without_secrets_stays_as_it_is()
    {
        const string Text = "federation_rule_id: must begin with fdrl_, see https://docs.example/federation (code 42)";

        Assert.Equal(Text, Redaction.WithoutSecrets(Text));
    }

    [Fact]
    public void No_part_of_a_token_of_32_characters_survives_wherever_it_stands()
    {
        Random random = new(Seed);
        string[] around = [" ", "\"", "'", ": ", "\n", "(", ")", "=", "&assertion=", "%20", "/", "ä", "\ud83d\ude00", "short", ""];
        for (int i = 0; i < 2000; i++)
        {
            string secret = random.Next(2) == 0 ? Made.Jwt($$"""{"n":{{i}}}""") : Made.AccessToken();
            string text = Around() + secret + Around();

            string shown = Redaction.WithoutSecrets(text);

            for (int start = 0; start + 32 <= secret.Length; start++)
            {
                Assert.False(shown.Contains(secret.Substring(start, 32), StringComparison.Ordinal), $"seed {Seed}, round {i}");
            }
        }

        string Around() => string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => around[random.Next(around.Length)]));
    }

    [Fact]
    public void What_is_shown_is_short_has_no_long_run_and_is_whole_text()
    {
        Random random = new(Seed + 1);
        string[] pieces = ["a", "abcdefgh", " ", ".", "-", "/", "\ud83d\ude00", "ß", "\0", "\r\n", "[redacted]", new string('x', 31), new string('y', 32)];
        for (int i = 0; i < 5000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(200)).Select(_ => pieces[random.Next(pieces.Length)]));

            string shown = Redaction.WithoutSecrets(text);

            Assert.True(shown.Length <= 301, $"seed {Seed + 1}, round {i}: {shown.Length}");
            Assert.False(HasLongRun(shown), $"seed {Seed + 1}, round {i}: {shown}");
            Assert.True(shown == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(shown)), $"seed {Seed + 1}, round {i}: half a character");
        }
    }

    private static string? Describe(byte[] body) => ErrorBody.Describe(new HttpAnswer(400, body));

    private static bool HasLongRun(string text)
    {
        int run = 0;
        foreach (char c in text)
        {
            run = char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? run + 1 : 0;
            if (run >= 32)
            {
                return true;
            }
        }
        return false;
    }
}
