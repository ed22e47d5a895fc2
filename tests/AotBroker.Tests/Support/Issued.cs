using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AotBroker.Tests;

/// <summary>A certificate that a test has made, with the key to sign others.</summary>
internal sealed class Issued : IDisposable
{
    private readonly ECDsa _key;

    private Issued(X509Certificate2 certificate, ECDsa key) => (Certificate, _key) = (certificate, key);

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <param name="name">The subject's common name.</param>
    /// <param name="by">Who signs; null for itself.</param>
    /// <param name="isAuthority">Whether it may sign others.</param>
    /// <param name="days">Until when it is good, in days from now.</param>
    /// <param name="pathLength">How many authorities may stand below it.</param>
    /// <param name="onlyBelow">The one domain below which names are permitted.</param>
    /// <param name="host">Its alternative name; none where null.</param>
    /// <param name="usage">What it is for.</param>
    /// <param name="key">The key of another one.</param>
    /// <param name="critical">An extension that nobody knows.</param>
    /// <param name="signs">Whether its key may sign certificates.</param>
    public static Issued Make(
        string name,
        Issued? by = null,
        bool isAuthority = true,
        int days = 30,
        int? pathLength = null,
        string? onlyBelow = null,
        string? host = null,
        string usage = "1.3.6.1.5.5.7.3.1",
        Issued? key = null,
        bool critical = false,
        bool signs = true)
    {
        ECDsa own = key is null ? ECDsa.Create(ECCurve.NamedCurves.nistP256) : ECDsa.Create(key._key.ExportParameters(true));
        CertificateRequest request = new("CN=" + name, own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, pathLength is not null, pathLength ?? 0, critical: true));
        if (host is not null)
        {
            SubjectAlternativeNameBuilder names = new();
            names.AddDnsName(host);
            request.CertificateExtensions.Add(names.Build());
        }
        if (!signs)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        }
        if (!isAuthority)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        }
        if (onlyBelow is not null)
        {
            request.CertificateExtensions.Add(new X509Extension("2.5.29.30", Permitted(onlyBelow), critical: true));
        }
        if (critical)
        {
            request.CertificateExtensions.Add(new X509Extension("1.3.6.1.4.1.99999.1", [5, 0], critical: true));
        }
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        X509Certificate2 certificate = request.Create(
            by?.Certificate.SubjectName ?? request.SubjectName,
            X509SignatureGenerator.CreateForECDsa(by?._key ?? own),
            now.AddDays(-60),
            now.AddDays(days),
            RandomNumberGenerator.GetBytes(16));
        return new Issued(certificate, own);
    }

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static byte[] Permitted(string domain)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, domain, new Asn1Tag(TagClass.ContextSpecific, 2));
        }
        return writer.Encode();
    }
}
