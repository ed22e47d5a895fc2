using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A certification authority of a test's own, and certificates for servers that it has signed.</summary>
internal sealed class Certificates : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;

    public Certificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Authority of this test " + Guid.NewGuid().ToString("N"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _authority = request.CreateSelfSigned(_now.AddYears(-2), _now.AddYears(2));
    }

    public string AuthorityPem => _authority.ExportCertificatePem() + "\n";

    /// <summary>Signed by the authority.</summary>
    /// <param name="from">Valid from so many days from now.</param>
    /// <param name="until">Valid until so many days from now.</param>
    /// <param name="name">For this host; for 127.0.0.1 where there is none.</param>
    /// <param name="names">Whether that is among its alternative names, too.</param>
    public X509Certificate2 Sign(int from = -1, int until = 1, string? name = null, bool names = true)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Request(key, name, names).Create(_authority, _now.AddDays(from), _now.AddDays(until), RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>Signed by nobody else.</summary>
    public X509Certificate2 SignItself()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Request(key, null).CreateSelfSigned(_now.AddDays(-1), _now.AddDays(1));
    }

    public void Dispose() => _authority.Dispose();

    private static CertificateRequest Request(ECDsa key, string? name, bool hasNames = true)
    {
        var request = new CertificateRequest("CN=" + (name ?? "127.0.0.1"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "serverAuth")], critical: false));
        if (!hasNames)
        {
            return request;
        }

        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(name ?? "127.0.0.1", out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(name!);
        }

        request.CertificateExtensions.Add(names.Build());
        return request;
    }
}
