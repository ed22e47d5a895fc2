using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LocalTokenEndpoint.Tests;

/// <summary>The issuer as a relying party sees it: through its two documents, with a verification of its own.</summary>
public class IssuerTests
{
    [Theory]
    [InlineData(SigningAlgorithm.RS256)]
    [InlineData(SigningAlgorithm.ES256)]
    [InlineData(SigningAlgorithm.ES384)]
    public async Task Tokens_verify_with_the_published_keys(SigningAlgorithm algorithm)
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        var token = endpoint.Issuer.Mint(new TokenRequest { Algorithm = algorithm });
        var jwks = await GetAsync(endpoint.HttpUrl + EndpointPaths.Jwks);
        var keyId = Decode(token, 0).GetProperty("kid").GetString();
        var key = jwks.GetProperty("keys").EnumerateArray().Single(one => one.GetProperty("kid").GetString() == keyId);

        Assert.Equal(algorithm.ToString(), Decode(token, 0).GetProperty("alg").GetString());
        Assert.True(Verify(key, token));
        Assert.DoesNotContain("\"d\"", jwks.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_discovery_document_belongs_to_the_issuer_of_the_tokens()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        var document = await GetAsync(endpoint.HttpUrl + EndpointPaths.Discovery);

        Assert.Equal(endpoint.HttpsUrl, document.GetProperty("issuer").GetString());
        Assert.Equal(endpoint.HttpsUrl + EndpointPaths.Jwks, document.GetProperty("jwks_uri").GetString());
        Assert.Equal(endpoint.HttpsUrl, Decode(endpoint.Issuer.Mint(), 1).GetProperty("iss").GetString());
    }

    [Fact]
    public async Task A_token_says_what_was_asked_for()
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions
        {
            Time = new FixedTime(),
            Issuer = "https://issuer.test",
        });

        var claims = Decode(endpoint.Issuer.Mint(new TokenRequest
        {
            Subject = "a subject",
            Audience = "an audience",
            Lifetime = TimeSpan.FromSeconds(90),
            JwtId = "an id",
            NotBeforeOffset = TimeSpan.FromSeconds(-5),
            Claims = new Dictionary<string, object?> { ["number"] = 1, ["list"] = new[] { "a" } },
        }), 1);

        var now = FixedTime.Start.ToUnixTimeSeconds();
        var expected = $$"""
            {"jti":"an id","sub":"a subject","aud":"an audience","iss":"https://issuer.test",
            "iat":{{now}},"nbf":{{now - 5}},"exp":{{now + 90}},"number":1,"list":["a"]}
            """;
        Assert.Equal(expected.Replace("\n", "", StringComparison.Ordinal), claims.GetRawText());
    }

    [Fact]
    public async Task Every_token_has_an_identifier_of_its_own_unless_told_otherwise()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        var identifiers = Enumerable.Range(0, 10).Select(_ => Assertion.Parse(endpoint.Issuer.Mint())!.JwtId).ToHashSet();

        Assert.Equal(10, identifiers.Count);
        Assert.Null(Assertion.Parse(endpoint.Issuer.Mint(new TokenRequest { JwtId = null }))!.JwtId);
    }

    private static bool Verify(JsonElement key, string token)
    {
        var data = Encoding.ASCII.GetBytes(token[..token.LastIndexOf('.')]);
        var signature = Base64Url.DecodeFromChars(token.Split('.')[2]);
        if (key.GetProperty("kty").GetString() == "RSA")
        {
            using var rsa = RSA.Create(new RSAParameters { Modulus = Bytes("n"), Exponent = Bytes("e") });
            return rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        var isP256 = key.GetProperty("crv").GetString() == "P-256";
        using var ecdsa = ECDsa.Create(new ECParameters
        {
            Curve = isP256 ? ECCurve.NamedCurves.nistP256 : ECCurve.NamedCurves.nistP384,
            Q = new ECPoint { X = Bytes("x"), Y = Bytes("y") },
        });
        return ecdsa.VerifyData(data, signature, isP256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA384);

        byte[] Bytes(string member) => Base64Url.DecodeFromChars(key.GetProperty(member).GetString());
    }

    private static JsonElement Decode(string token, int part) =>
        JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[part])).RootElement;

    private static async Task<JsonElement> GetAsync(string url)
    {
        using var response = await Presenting.Client.GetAsync(new Uri(url));
        return await response.ReadJsonAsync();
    }
}
