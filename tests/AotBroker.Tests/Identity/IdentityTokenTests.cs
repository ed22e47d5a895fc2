using AotBroker.Errors;
using AotBroker.Identity;

namespace AotBroker.Tests;

/// <summary>What passes for an identity token, and what is read from it.</summary>
public sealed class IdentityTokenTests
{
    private const string Origin = "file /run/token";

    private static IdentityToken Parse(string text) => IdentityToken.Parse(text, Origin);

    [Theory]
    [InlineData("")]
    [InlineData(" \r\n\t")]
    public void Nothing_is_not_a_token(string text) =>
        Assert.Contains(Origin, Expect.Error("AB0403", () => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_source_is_read_up_to_256_KiB()
    {
        // Invariant 8; how much of it a service takes is the exchange's to say.
        string token = OfLength(256 * 1024);
        Assert.Equal(token, Parse($"\n{token}\n").Reveal());

        Expect.Error("AB0404", () => Parse(token + "a"));
    }

    private static string OfLength(int length)
    {
        string token = $"{Made.Part("{}")}.{Made.Part("{}")}.";
        return token + new string('a', length - token.Length);
    }

    public static TheoryData<string, string> NotJwts
    {
        get
        {
            string header = Made.Part("""{"alg":"RS256"}""");
            string claims = Made.Part("""{"sub":"x"}""");
            return new()
            {
                { "one part", "abc" },
                { "an API key", "sk-ant-" + Made.Name(40) },
                { "two parts", $"{header}.{claims}" },
                { "four parts", $"{header}.{claims}.a.b" },
                { "five parts, encrypted", $"{header}.a.b.c.d" },
                { "no signature", $"{header}.{claims}." },
                { "no claims", $"{header}..abc" },
                { "no header", $".{claims}.abc" },
                { "only dots", ".." },
                { "a space inside", $"{header}.{claims} .abc" },
                { "a line break inside", $"{header}.{claims}\n.abc" },
                { "a NUL at the end", $"{header}.{claims}.abc\0" },
                { "standard base64", $"{header}.{claims}.a+b/" },
                { "padding", $"{header}.{claims}.abcd=" },
                { "claims that are a list", $"{header}.{Made.Part("[]")}.abc" },
                { "claims that are a text", $"{header}.{Made.Part("\"x\"")}.abc" },
                { "claims that are null", $"{header}.{Made.Part("null")}.abc" },
                { "claims that are no JSON", $"{header}.{Made.Part("{")}.abc" },
                { "claims with more behind", $"{header}.{Made.Part("{}{}")}.abc" },
                { "a header that is no object", $"{Made.Part("[]")}.{claims}.abc" },
                { "a header that is no JSON", $"{Made.Part("alg")}.{claims}.abc" },
                { "a length that base64 does not have", $"{header}.abcde.abc" },
                { "a JSON answer of other members", $$"""{"jwt":"{{header}}.{{claims}}.abc"}""" },
                { "a JSON answer of two tokens", $$"""{"value":"{{header}}.{{claims}}.abc","token":"{{header}}.{{claims}}.abd"}""" },
                { "a JSON answer whose token is none", """{"value":7}""" },
                { "a JSON list", $"""["{header}.{claims}.abc"]""" },
                { "a header with its name", $"Authorization: Bearer {header}.{claims}.abc" },
                { "a quote at one end", $"\"{header}.{claims}.abc" },
                { "letters of another alphabet", $"{header}.{claims}.äöü" },
            };
        }
    }

    [Theory]
    [MemberData(nameof(NotJwts))]
    public void What_is_not_a_JWT_is_refused_without_repeating_it(string what, string text)
    {
        var error = Expect.Error("AB0405", () => Parse(text));

        Assert.True(text.Length < 12 || !error.All().Contains(text[..12], StringComparison.Ordinal), what);
    }

    [Theory]
    [InlineData("\uFEFF@")]
    [InlineData("ï»¿@")] // The same, read octet by octet, as a file is.
    [InlineData("ï»¿\r\n@\r\n")]
    [InlineData("\"@\"")]
    [InlineData("'@'\n")]
    [InlineData("Bearer @")]
    [InlineData("bearer  @ ")]
    [InlineData("\"Bearer @\"")]
    [InlineData("""{"value":"@"}""")]
    [InlineData("""{"count":1,"value":"@"}""")]
    [InlineData("""{"token":"@"}""")]
    [InlineData("""{"id_token":"@","access_token":"x","expires_in":300}""")]
    [InlineData("""{"token":"@","id_token":"@"}""")]
    [InlineData("ï»¿ {\n \"token\": \"@\\n\" }\n")]
    public void What_commonly_stands_around_a_token_is_taken_off(string text)
    {
        string token = Made.Jwt("{}");

        Assert.Equal(token, Parse(text.Replace("@", token, StringComparison.Ordinal)).Reveal());
    }

    [Theory]
    [InlineData("/var/run/token", "a path")]
    [InlineData("~/token", "a path")]
    [InlineData("$CI_JOB_JWT", "a variable's name")]
    [InlineData("${{ secrets.TOKEN }}", "a variable's name")]
    [InlineData("<html></html>", "HTML")]
    [InlineData("""{"error":"x"}""", "value, token and id_token")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMII", "a certificate")]
    [InlineData("sk-ant-abc", "an API key")]
    [InlineData("ghp_abc", "an access token")]
    [InlineData("ÿþe\0y\0", "UTF-16")]
    [InlineData("a.b.c.d.e", "an encrypted JWT")]
    [InlineData("a\nb", "several lines")]
    public void What_it_looks_like_instead_is_told(string text, string told) =>
        Assert.Contains(Expect.Error("AB0405", () => Parse(text)).Hints, hint => hint.Contains(told, StringComparison.Ordinal));

    [Fact]
    public void Any_claim_can_be_read()
    {
        IdentityToken token = Parse(Made.Jwt("""{"repository":"a/b","groups":["x","y"],"run_id":7,"bad":"\ud800"}"""));

        Assert.Equal(("a/b", "x y", null, null, null), (token.Claim("repository"), token.Claim("groups"), token.Claim("run_id"), token.Claim("bad"), token.Claim("none")));
    }

    [Fact]
    public void The_claims_that_help_a_person_are_read()
    {
        IdentityToken token = Parse(Made.Jwt("""{"iss":"https://issuer.example","sub":"repo:a/b","aud":"x","exp":1893456300,"nbf":1893456000}"""));

        Assert.Equal("https://issuer.example", token.Issuer);
        Assert.Equal("repo:a/b", token.Subject);
        Assert.Equal("x", token.Audience);
        Assert.Equal(1893456300, token.ExpiresAt);
        Assert.Equal(1893456000, token.NotBefore);
    }

    [Theory]
    [InlineData("""{"aud":["a","b"]}""", "a b")]
    [InlineData("""{"aud":["a",7,null,"b"]}""", "a b")]
    [InlineData("""{"aud":[]}""", "")]
    [InlineData("""{"aud":7}""", null)]
    [InlineData("""{"aud":null}""", null)]
    [InlineData("{}", null)]
    public void The_audience_may_be_a_list(string claims, string? expected) => Assert.Equal(expected, Parse(Made.Jwt(claims)).Audience);

    [Theory]
    [InlineData("""{"exp":1893456300.75}""", 1893456300L)]
    [InlineData("""{"exp":1.8934563e9}""", 1893456300L)]
    [InlineData("""{"exp":-1}""", -1L)]
    [InlineData("""{"exp":"1893456300"}""", null)]
    [InlineData("""{"exp":1e300}""", null)]
    [InlineData("""{"exp":99999999999999999999}""", null)]
    [InlineData("""{"exp":null}""", null)]
    [InlineData("{}", null)]
    public void A_time_may_have_a_fraction_and_one_that_is_none_is_not_taken(string claims, long? expected) =>
        Assert.Equal(expected, Parse(Made.Jwt(claims)).ExpiresAt);

    [Fact]
    public void A_claim_whose_text_is_no_text_makes_it_no_JWT() => Expect.Error("AB0405", () => Parse(Made.Jwt("""{"sub":"\ud800"}""")));

    [Fact]
    public void White_space_around_the_token_is_not_part_of_it()
    {
        string token = Made.Jwt("{}");

        Assert.Equal(token, Parse($" \t{token}\r\n").Reveal());
        Assert.Equal(Parse(token).Digest, Parse(token + "\n").Digest);
    }

    [Fact]
    public void Two_tokens_have_two_digests_and_a_digest_is_not_the_token()
    {
        string token = Made.Jwt("{}");

        Assert.Equal(64, Parse(token).Digest.Length);
        Assert.Equal(LocalTokenEndpoint.TokenDigest.Of(token), Parse(token).Digest);
        Assert.NotEqual(Parse(token).Digest, Parse(Made.Jwt("{}")).Digest);
    }

    [Fact]
    public void A_token_does_not_print_itself() => Assert.Equal("[secret]", Parse(Made.Jwt("{}")).ToString());

    [Fact]
    public void Any_text_is_a_token_or_one_of_four_errors()
    {
        const int Seed = 20300104;
        Random random = new(Seed);
        for (int i = 0; i < 5000; i++)
        {
            char[] text = Made.Jwt("""{"sub":"x","exp":1893456300}""").ToCharArray();
            for (int changes = random.Next(4); changes > 0; changes--)
            {
                text[random.Next(60)] = (char)random.Next(0, 0x180);
            }
            try
            {
                Parse(new string(text));
            }
            catch (BrokerException error)
            {
                Assert.True((int)error.Code is >= 403 and <= 405, $"seed {Seed}, round {i}: {error.Code}");
            }
        }
    }
}
