using System.Net;
using System.Text;
using System.Text.Json;
using AotBroker.Http;

namespace AotBroker.Tests;

/// <summary>Invariant 5: what a service sends back of a secret is not repeated, in whatever form it sends it.</summary>
public sealed class SentSecretsTests
{
    private const int Seed = 20301130;

    private readonly string _token = Made.Jwt($$"""{"jti":"{{Guid.NewGuid()}}","sub":"repo:o/r:ref:refs/heads/main"}""");

    public static TheoryData<string> Forms => new(Ways.Keys);

    private static Dictionary<string, Func<string, string>> Ways => new()
    {
        ["as it is"] = static t => t,
        ["the first part"] = static t => t.Split('.')[0],
        ["twelve characters"] = static t => t.Replace(".", "", StringComparison.Ordinal)[40..52],
        ["in small letters"] = static t => t.ToLowerInvariant(),
        ["lines"] = static t => Cut(t, 30, "\n"),
        ["groups"] = static t => Cut(t, 4, " "),
        ["single characters"] = static t => Cut(t, 1, ", "),
        ["slashes"] = static t => Cut(t, 31, "/"),
        ["backslashes"] = static t => Cut(t, 31, "\\"),
        ["zero-width joiners"] = static t => Cut(t, 20, "\u200d"),
        ["escaped line breaks"] = static t => Cut(t, 10, "\\n"),
        ["HTML"] = static t => Cut(t, 10, "&nbsp;"),
        ["HTML's numbers"] = static t => string.Concat(t.Select(static c => $"&#{(int)c};")),
        ["base64"] = static t => Convert.ToBase64String(Encoding.ASCII.GetBytes(t)),
        ["base64 after something"] = static t => Convert.ToBase64String(Encoding.ASCII.GetBytes("x=" + t)),
        ["base64 after something else"] = static t => Convert.ToBase64String(Encoding.ASCII.GetBytes("Bearer " + t)),
        ["base64url in lines"] = static t => Cut(Convert.ToBase64String(Encoding.ASCII.GetBytes(t)).Replace('+', '-').Replace('/', '_'), 20, "\r\n"),
        ["base64, percent-encoded"] = static t => Uri.EscapeDataString(Convert.ToBase64String(Encoding.ASCII.GetBytes(t))),
        ["percent-encoded"] = static t => string.Concat(t.Select(static c => $"%{(int)c:X2}")),
        ["\\u"] = static t => string.Concat(t.Select(static c => $"\\u{(int)c:x4}")),
        ["\\x"] = static t => string.Concat(t.Select(static c => $"\\x{(int)c:x2}")),
        ["hexadecimal"] = static t => Convert.ToHexString(Encoding.ASCII.GetBytes(t)),
        ["hexadecimal in groups"] = static t => Cut(Convert.ToHexString(Encoding.ASCII.GetBytes(t)).ToLowerInvariant(), 8, " "),
        ["octets"] = static t => string.Join(", ", t.Select(static c => $"0x{(int)c:x2}")),
        ["octets with colons"] = static t => string.Join(':', t.Select(static c => $"{(int)c:X2}")),
        ["JSON"] = static t => JsonSerializer.Serialize(new Dictionary<string, string> { ["assertion"] = t }),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void A_text_that_repeats_a_piece_is_left_out(string form)
    {
        string text = "bad assertion: " + Ways[form](_token) + " (end)";
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { error = new { type = "invalid", message = text } });

        foreach (SentSecrets sent in new[] { InMember(), InField(), InHeader() })
        {
            Assert.Equal(SentSecrets.LeftOut, ErrorBody.Describe(new HttpAnswer(401, body) { Sent = sent }));
        }
    }

    [Fact]
    public void Pieces_in_several_members_are_found_too()
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { error = _token[40..48], error_description = _token[48..56], error_uri = _token[56..64] });

        Assert.Equal(SentSecrets.LeftOut, ErrorBody.Describe(new HttpAnswer(400, body) { Sent = InMember() }));
    }

    [Fact]
    public void The_code_of_a_refusal_is_read_all_the_same()
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new { error = "invalid_grant", error_description = Cut(_token, 8, " ") });

        Assert.True(ErrorBody.IsInvalidGrant(body));
        Assert.Equal(SentSecrets.LeftOut, ErrorBody.Describe(new HttpAnswer(400, body) { Sent = InMember() }));
    }

    [Theory]
    [InlineData("federation rule fdrl_01ABCDEFGHJKMNPQRSTVWXYZ is not known to organization 00000000-0000-0000-0000-000000000000")]
    [InlineData("the grant type urn:ietf:params:oauth:grant-type:jwt-bearer is not supported")]
    [InlineData("sub repo:o/r:ref:refs/heads/main does not match")]
    [InlineData("")]
    public void What_repeats_no_secret_is_told(string text)
    {
        Assert.False(InMember().AreIn(text));
        Assert.False(InField().AreIn(text));
        Assert.False(InHeader().AreIn(text));
    }

    [Fact]
    public void Eleven_characters_are_no_piece()
    {
        string letters = _token.Replace(".", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);

        Assert.False(InMember().AreIn($"({letters[50..61]})"));
        Assert.True(InMember().AreIn($"({letters[50..62]})"));
    }

    [Fact]
    public void Wherever_a_piece_stands_it_is_found()
    {
        Random random = new(Seed);
        string letters = string.Concat(_token.Where(char.IsAsciiLetterOrDigit));
        string[] between = [" ", "\n", "-", "…", "\u200b", "--", "ä", "/"];
        for (int i = 0; i < 300; i++)
        {
            int start = random.Next(letters.Length - 12);
            string piece = string.Concat(letters.Substring(start, 12).Select(c => c + between[random.Next(between.Length)]));

            Assert.True(InMember().AreIn($"said {piece} and no more"), $"seed {Seed}, round {i}");
        }
    }

    [Fact]
    public void A_request_without_a_secret_has_nothing_to_look_for() =>
        Assert.False(SentSecrets.Of(new HttpRequestPlan(HttpMethod.Get, CheckedUrl.Of("https://x.example", "a test"))).AreIn(_token));

    [Fact]
    public async Task An_id_and_a_host_that_repeat_a_piece_are_not_taken()
    {
        using HttpResponseMessage response = new(HttpStatusCode.Found) { Content = new ByteArrayContent([]) };
        response.Headers.Add("Request-Id", _token.Split('.')[1][..20]);
        response.Headers.Location = new Uri($"https://{_token.Split('.')[1][..20].Replace('_', '-')}.example");

        HttpAnswer answer = await HttpAnswerReader.ReadAsync(response, InMember(), CancellationToken.None);

        Assert.Null(answer.RequestId);
        Assert.Null(answer.RedirectHost);
    }

    private SentSecrets InMember() => SentSecrets.Of(Plan() with
    {
        Body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            assertion = _token,
            federation_rule_id = "fdrl_01ABCDEFGHJKMNPQRSTVWXYZ",
            organization_id = "00000000-0000-0000-0000-000000000000",
        }),
    });

    private SentSecrets InField() => SentSecrets.Of(Plan() with
    {
        Body = Encoding.ASCII.GetBytes($"grant_type={Uri.EscapeDataString("urn:ietf:params:oauth:grant-type:jwt-bearer")}&subject_token={Uri.EscapeDataString(_token)}"),
    });

    private SentSecrets InHeader() => SentSecrets.Of(Plan() with { Headers = [new("Authorization", "Bearer " + _token)] });

    private static HttpRequestPlan Plan() => new(HttpMethod.Post, CheckedUrl.Of("https://x.example", "a test"));

    private static string Cut(string text, int length, string between) => string.Join(between, text.Chunk(length).Select(static chunk => new string(chunk)));
}
