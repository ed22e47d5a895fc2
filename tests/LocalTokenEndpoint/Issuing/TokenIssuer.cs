using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint;

/// <summary>The identity provider: signs workload identity tokens with real keys and publishes the public halves.</summary>
public sealed class TokenIssuer : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly string _defaultAudience;

    internal TokenIssuer(TimeProvider clock, string defaultSubject, string defaultAudience)
    {
        (_clock, DefaultSubject, _defaultAudience) = (clock, defaultSubject, defaultAudience);
        Jwks = Keys.ToJwks();
    }

    /// <summary>The <c>iss</c> of every token. Known once the server has a port.</summary>
    public string Url { get; internal set; } = "";

    public string DefaultSubject { get; }

    public string Jwks { get; }

    internal KeySet Keys { get; } = new();

    /// <summary>Makes a signed JWT, or a deliberately wrong one.</summary>
    public string Mint(TokenRequest? request = null)
    {
        request ??= new TokenRequest();
        var key = Keys.For(request.Algorithm);
        var signingInput = $"{Encode(Header(request, key))}.{Encode(Payload(request))}";
        var signature = Sign(signingInput, request.Algorithm, key);
        if (request.TamperSignature && signature.Length > 0)
        {
            signature[0] ^= 1;
        }

        return $"{signingInput}.{Base64Url.EncodeToString(signature)}";
    }

    internal string DiscoveryDocument() => new JsonObject
    {
        ["issuer"] = Url,
        ["jwks_uri"] = $"{Url}/.well-known/jwks.json",
        ["subject_types_supported"] = new JsonArray("public"),
        ["response_types_supported"] = new JsonArray("id_token"),
        ["id_token_signing_alg_values_supported"] = new JsonArray("RS256", "PS256", "ES256", "ES384"),
        ["scopes_supported"] = new JsonArray("openid"),
    }.ToJsonString();

    public void Dispose() => Keys.Dispose();

    private static JsonObject Header(TokenRequest request, SigningKey key)
    {
        var header = new JsonObject { ["typ"] = "JWT", ["alg"] = AlgorithmName(request.Algorithm) };
        if (request.KeyId != KeyIdChoice.Missing)
        {
            header["kid"] = request.KeyId == KeyIdChoice.Real ? key.KeyId : RandomNames.Opaque(12);
        }

        return header;
    }

    private JsonObject Payload(TokenRequest request)
    {
        var now = _clock.GetUtcNow();
        var issuedAt = now + request.IssuedAtOffset;
        var payload = new JsonObject();
        if (request.JwtId is { } jwtId)
        {
            payload["jti"] = jwtId == TokenRequest.AutomaticJwtId ? Guid.NewGuid().ToString() : jwtId;
        }

        payload["sub"] = request.Subject ?? DefaultSubject;
        payload["aud"] = request.Audience ?? _defaultAudience;
        payload["iss"] = request.Issuer ?? Url;
        payload["iat"] = issuedAt.ToUnixTimeSeconds();
        payload["nbf"] = (request.NotBeforeOffset is { } notBefore ? now + notBefore : issuedAt).ToUnixTimeSeconds();
        payload["exp"] = (request.ExpiresAtOffset is { } expiresAt ? now + expiresAt : issuedAt + request.Lifetime)
            .ToUnixTimeSeconds();
        foreach (var (name, value) in request.Claims)
        {
            payload[name] = JsonSerializer.SerializeToNode(value);
        }

        foreach (var name in request.OmittedClaims)
        {
            payload.Remove(name);
        }

        return payload;
    }

    private byte[] Sign(string signingInput, SigningAlgorithm algorithm, SigningKey key)
    {
        var data = Encoding.ASCII.GetBytes(signingInput);
        return algorithm switch
        {
            SigningAlgorithm.None => [],
            SigningAlgorithm.HS256 => HMACSHA256.HashData(Encoding.UTF8.GetBytes(Jwks), data),
            _ => key.Sign(data, JwsAlgorithm.Parse(AlgorithmName(algorithm))!.Value),
        };
    }

    private static string AlgorithmName(SigningAlgorithm algorithm) =>
        algorithm == SigningAlgorithm.None ? "none" : algorithm.ToString();

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(json));
}
