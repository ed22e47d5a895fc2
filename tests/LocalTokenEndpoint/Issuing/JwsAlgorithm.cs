using System.Security.Cryptography;

namespace LocalTokenEndpoint;

internal enum KeyFamily
{
    RsaPkcs1,
    RsaPss,
    Ecdsa,
}

/// <summary>The algorithms of RFC 7518 that an identity token may use: none is symmetric, and none is <c>none</c>.</summary>
internal readonly record struct JwsAlgorithm(string Name, KeyFamily Family, HashAlgorithmName Hash)
{
    public static JwsAlgorithm? Parse(string? name) => name switch
    {
        "RS256" => new(name, KeyFamily.RsaPkcs1, HashAlgorithmName.SHA256),
        "RS384" => new(name, KeyFamily.RsaPkcs1, HashAlgorithmName.SHA384),
        "RS512" => new(name, KeyFamily.RsaPkcs1, HashAlgorithmName.SHA512),
        "PS256" => new(name, KeyFamily.RsaPss, HashAlgorithmName.SHA256),
        "PS384" => new(name, KeyFamily.RsaPss, HashAlgorithmName.SHA384),
        "PS512" => new(name, KeyFamily.RsaPss, HashAlgorithmName.SHA512),
        "ES256" => new(name, KeyFamily.Ecdsa, HashAlgorithmName.SHA256),
        "ES384" => new(name, KeyFamily.Ecdsa, HashAlgorithmName.SHA384),
        "ES512" => new(name, KeyFamily.Ecdsa, HashAlgorithmName.SHA512),
        _ => null,
    };

    public RSASignaturePadding RsaPadding => Family == KeyFamily.RsaPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
}
