using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AotBroker.Http;

/// <summary>
/// What browsers and Go reject in an otherwise valid chain, but OpenSSL accepts: signatures over SHA-1 or MD5,
/// which can be forged, short RSA keys, and a host name that is not in the certificate's list of names.
/// </summary>
internal static class CertificateStrength
{
    private const int ShortestRsaKey = 2048;
    private const string Pss = "1.2.840.113549.1.1.10";

    /// <param name="path">The server's certificate and those above it, with the one that is trusted at the end.</param>
    /// <param name="host">The host's name or address.</param>
    /// <returns>What is wrong with it; null if nothing is.</returns>
    public static string? Complaint(IReadOnlyList<X509Certificate2> path, string host)
    {
        try
        {
            if (!path[0].MatchesHostname(host, allowWildcards: true, allowCommonName: false))
            {
                return "the certificate has the host's name only in its subject, where clients no longer look, and not among its alternative names";
            }
            for (int i = 0; i < path.Count; i++)
            {
                // The last one is not trusted because of a signature.
                if (i < path.Count - 1 && IsWeak(path[i]))
                {
                    return $"{Which(i)} is signed with SHA-1 or MD5, which is not safe";
                }
                using RSA? key = path[i].GetRSAPublicKey();
                if (key?.KeySize < ShortestRsaKey)
                {
                    return $"{Which(i)} has an RSA key of {key.KeySize} bits, which is too short: at least {ShortestRsaKey} are needed";
                }
            }
            return null;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return "the certificate cannot be read";
        }
    }

    private static string Which(int index) => index == 0 ? "the certificate" : "a certificate of its authorities";

    private static bool IsWeak(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        "1.2.840.113549.1.1.2" or "1.2.840.113549.1.1.3" or "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" => true, // RSA with MD2, MD4, MD5, SHA-1.
        "1.3.14.3.2.3" or "1.3.14.3.2.15" or "1.3.14.3.2.29" or "1.3.14.3.2.27" or "1.3.14.3.2.13" => true, // The same, of OIW.
        "1.2.840.10045.4.1" or "1.2.840.10040.4.3" => true, // ECDSA and DSA with SHA-1.
        Pss => !IsStrongPss(certificate.RawDataMemory),
        _ => false,
    };

    /// <summary>RSASSA-PSS names its digest in its parameters, and means SHA-1 if it does not (RFC 4055, section 3.1).</summary>
    private static bool IsStrongPss(ReadOnlyMemory<byte> certificate)
    {
        AsnReader fields = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence();
        fields.ReadEncodedValue();
        AsnReader algorithm = fields.ReadSequence();
        algorithm.ReadObjectIdentifier();
        Asn1Tag digest = new(TagClass.ContextSpecific, 0);
        return algorithm.HasData && algorithm.ReadSequence() is { HasData: true } parameters && parameters.PeekTag().HasSameClassAndValue(digest)
            && parameters.ReadSequence(digest).ReadSequence().ReadObjectIdentifier() is "2.16.840.1.101.3.4.2.1" or "2.16.840.1.101.3.4.2.2" or "2.16.840.1.101.3.4.2.3";
    }
}
