using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint;

/// <summary>
/// A key of the issuer. Instances of RSA and ECDsa promise nothing about use from several threads at once, and hundreds of
/// clients arrive at once: every thread has its own instance, made from the same parameters.
/// </summary>
internal abstract class SigningKey
{
    public string KeyId { get; } = RandomNames.Opaque(12);

    public abstract bool Fits(JwsAlgorithm algorithm);

    public abstract byte[] Sign(ReadOnlySpan<byte> data, JwsAlgorithm algorithm);

    public abstract bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, JwsAlgorithm algorithm);

    /// <summary>The public half, as RFC 7517 writes it.</summary>
    public abstract JsonObject ToJwk();
}

internal sealed class RsaSigningKey : SigningKey, IDisposable
{
    private readonly RSAParameters _parameters;
    private readonly ThreadLocal<RSA> _key;

    public RsaSigningKey()
    {
        using var generated = RSA.Create(2048);
        _parameters = generated.ExportParameters(includePrivateParameters: true);
        _key = new ThreadLocal<RSA>(() => RSA.Create(_parameters), trackAllValues: true);
    }

    public override bool Fits(JwsAlgorithm algorithm) => algorithm.Family is KeyFamily.RsaPkcs1 or KeyFamily.RsaPss;

    public override byte[] Sign(ReadOnlySpan<byte> data, JwsAlgorithm algorithm) =>
        _key.Value!.SignData(data, algorithm.Hash, algorithm.RsaPadding);

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, JwsAlgorithm algorithm) =>
        _key.Value!.VerifyData(data, signature, algorithm.Hash, algorithm.RsaPadding);

    public override JsonObject ToJwk() => new()
    {
        ["kty"] = "RSA",
        ["use"] = "sig",
        ["kid"] = KeyId,
        ["n"] = Base64Url.EncodeToString(_parameters.Modulus),
        ["e"] = Base64Url.EncodeToString(_parameters.Exponent),
    };

    public void Dispose()
    {
        foreach (var key in _key.Values)
        {
            key.Dispose();
        }

        _key.Dispose();
    }
}

internal sealed class EcSigningKey : SigningKey, IDisposable
{
    private readonly ECParameters _parameters;
    private readonly ThreadLocal<ECDsa> _key;
    private readonly string _curveName;
    private readonly string _algorithmName;

    public EcSigningKey(ECCurve curve, string curveName, string algorithmName)
    {
        using var generated = ECDsa.Create(curve);
        _parameters = generated.ExportParameters(includePrivateParameters: true);
        _key = new ThreadLocal<ECDsa>(() => ECDsa.Create(_parameters), trackAllValues: true);
        (_curveName, _algorithmName) = (curveName, algorithmName);
    }

    /// <summary>RFC 7518, 3.4 ties each ES algorithm to one curve.</summary>
    public override bool Fits(JwsAlgorithm algorithm) => algorithm.Name == _algorithmName;

    public override byte[] Sign(ReadOnlySpan<byte> data, JwsAlgorithm algorithm) => _key.Value!.SignData(data, algorithm.Hash);

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature, JwsAlgorithm algorithm) =>
        _key.Value!.VerifyData(data, signature, algorithm.Hash);

    public override JsonObject ToJwk() => new()
    {
        ["kty"] = "EC",
        ["use"] = "sig",
        ["kid"] = KeyId,
        ["alg"] = _algorithmName,
        ["crv"] = _curveName,
        ["x"] = Base64Url.EncodeToString(_parameters.Q.X),
        ["y"] = Base64Url.EncodeToString(_parameters.Q.Y),
    };

    public void Dispose()
    {
        foreach (var key in _key.Values)
        {
            key.Dispose();
        }

        _key.Dispose();
    }
}
