using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint;

/// <summary>The issuer's keys: what it signs with, what its JWKS publishes, and what the token endpoint verifies with.</summary>
internal sealed class KeySet : IDisposable
{
    private readonly RsaSigningKey _rsa = new();
    private readonly EcSigningKey _p256 = new(ECCurve.NamedCurves.nistP256, "P-256", "ES256");
    private readonly EcSigningKey _p384 = new(ECCurve.NamedCurves.nistP384, "P-384", "ES384");

    public SigningKey For(SigningAlgorithm algorithm) => algorithm switch
    {
        SigningAlgorithm.ES256 => _p256,
        SigningAlgorithm.ES384 => _p384,
        _ => _rsa,
    };

    public SigningKey? Find(string keyId) => All.FirstOrDefault(key => key.KeyId == keyId);

    public string ToJwks() => new JsonObject { ["keys"] = new JsonArray([.. All.Select(key => key.ToJwk())]) }.ToJsonString();

    private IEnumerable<SigningKey> All => [_rsa, _p256, _p384];

    public void Dispose()
    {
        _rsa.Dispose();
        _p256.Dispose();
        _p384.Dispose();
    }
}
