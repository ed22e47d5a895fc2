using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AotBroker.Errors;

namespace AotBroker.Http;

/// <summary>
/// Accepts a certificate that the platform trusts, or that leads to one in a bundle that is set, if it is strong; and
/// remembers in words why it rejected one.
/// </summary>
/// <param name="environment">The variables that name bundles; null for this process's.</param>
internal sealed class CertificateCheck(Func<string, string?>? environment = null)
{
    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;
    private IReadOnlyList<string> _own = [];

    /// <summary>What is wrong with the last certificate; null if nothing is.</summary>
    public string? Complaint { get; private set; }

    /// <summary>What to do about it.</summary>
    public IReadOnlyList<string> Hints { get; private set; } = [];

    /// <summary>Call before another connection, which may fail before the server sends a certificate.</summary>
    /// <param name="own">Variables that name a bundle only for the service.</param>
    public void Expect(IReadOnlyList<string> own) => (_own, Complaint, Hints) = (own, null, []);

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        (Complaint, Hints) = Judge((certificate as X509Certificate2)!, chain, errors, ((SslStream)sender).TargetHostName);
        return Complaint is null;
    }

    private (string? Complaint, IReadOnlyList<string> Hints) Judge(X509Certificate2 certificate, X509Chain? chain, SslPolicyErrors errors, string host)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is null || chain is null)
        {
            return ("the server sent no certificate", []);
        }
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return ("the certificate is for another host", ["use the name that the certificate is for, if the address is set here; otherwise another server answers in the host's place"]);
        }
        List<X509Certificate2>? path;
        if (errors == SslPolicyErrors.None)
        {
            path = [.. Array.ConvertAll([.. chain.ChainElements], static element => element.Certificate)];
        }
        else
        {
            List<CertificateBundle> bundles = CertificateBundle.Of(_environment, _own);
            X509Certificate2Collection trusted = [];
            bundles.ForEach(bundle => trusted.AddRange(bundle.Certificates));
            path = CertificatePath.Find(certificate, chain.ChainPolicy.ExtraStore, trusted);
            if (path is null)
            {
                return Describe(certificate, chain, bundles);
            }
        }
        return CertificateStrength.Complaint(path, host) is { } weakness ? (weakness, ["the server needs another certificate"]) : (null, []);
    }

    private static (string Complaint, IReadOnlyList<string> Hints) Describe(X509Certificate2 certificate, X509Chain chain, List<CertificateBundle> bundles)
    {
        X509ChainStatusFlags found = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain.ChainStatus)
        {
            found |= status.Status;
        }
        return found switch
        {
            _ when found.HasFlag(X509ChainStatusFlags.NotTimeValid) => OutOfTime(certificate),
            _ when found.HasFlag(X509ChainStatusFlags.Revoked) => ("the certificate was revoked", []),
            _ when (found & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError =>
                ("the certificate does not come from an authority that is trusted here" + Missing(chain), WhoIsTrusted(bundles)),
            _ => ("the certificate is not valid", []),
        };
    }

    /// <summary>The authority at the end of what the server sent.</summary>
    private static string Missing(X509Chain chain)
    {
        X509Certificate2 last = chain.ChainElements[^1].Certificate;
        string name = last.GetNameInfo(X509NameType.SimpleName, forIssuer: true);
        return name.Length == 0 ? "" : $" (\"{Redaction.Shorten(name, 100)}\")";
    }

    private static (string Complaint, IReadOnlyList<string> Hints) OutOfTime(X509Certificate2 certificate)
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime; // The clock by which the platform has judged it.
        string complaint = now > certificate.NotAfter.ToUniversalTime() ? "the certificate expired on " + Day(certificate.NotAfter)
            : now < certificate.NotBefore.ToUniversalTime() ? "the certificate is not valid before " + Day(certificate.NotBefore)
            : "the certificate of its authority has expired, or is not valid yet";
        return (complaint, [$"check this machine's clock: it says {Day(now)}; if it is right, the server needs another certificate"]);
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The platform silently skips a bundle that cannot be read.</summary>
    private static List<string> WhoIsTrusted(List<CertificateBundle> bundles)
    {
        List<string> hints = [];
        foreach (CertificateBundle bundle in bundles)
        {
            hints.Add(bundle.Problem is { } problem
                ? $"{bundle.Variable} names {bundle.Path}, which {problem}"
                : $"{bundle.Variable} names {bundle.Path}, which holds {bundle.Certificates.Count} certificate{(bundle.Certificates.Count == 1 ? "" : "s")}, and none of this authority");
        }
        return
        [
            .. hints,
            "if a company's proxy inspects TLS, add its root certificate and name the bundle in SSL_CERT_FILE, or in NODE_EXTRA_CA_CERTS to keep the system's",
            "an image without /etc/ssl/certs/ca-certificates.crt trusts no server: copy one in",
        ];
    }
}
