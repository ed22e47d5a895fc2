using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace LocalTokenEndpoint;

/// <summary>
/// A certification authority that lives as long as this object, and the one certificate it has signed. Elliptic keys,
/// because a handshake then costs a fraction of an RSA one and hundreds of processes connect at once.
/// </summary>
internal sealed class ServerCertificate : IDisposable
{
    // TLS clients judge validity by the machine's clock, whatever the endpoint's own says.
    private readonly DateTimeOffset _from = TimeProvider.System.GetUtcNow().AddDays(-1);
    private readonly DateTimeOffset _until = TimeProvider.System.GetUtcNow().AddDays(30);

    public ServerCertificate(IReadOnlyList<string> extraNames)
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = MakeAuthority(authorityKey);
        using var leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Leaf = MakeLeaf(authority, leafKey, extraNames);
        CaBundlePem = authority.ExportCertificatePem() + "\n";
    }

    public X509Certificate2 Leaf { get; }

    public string CaBundlePem { get; }

    public void Dispose() => Leaf.Dispose();

    private X509Certificate2 MakeAuthority(ECDsa key)
    {
        var request = new CertificateRequest("CN=Local token endpoint CA", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(_from, _until);
    }

    private X509Certificate2 MakeLeaf(X509Certificate2 authority, ECDsa key, IReadOnlyList<string> extraNames)
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(Names(extraNames));
        using var signed = request.Create(authority, _from, _until, RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    private static X509Extension Names(IReadOnlyList<string> extraNames)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        foreach (var name in extraNames)
        {
            names.AddDnsName(name);
        }

        return names.Build();
    }
}
