using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using AotBroker.Interop;

namespace AotBroker.Exchange;

/// <summary>Believes a certificate exactly when the platform does, and remembers in words why it did not.</summary>
internal sealed class CertificateCheck
{
    private const string BundleVariable = "SSL_CERT_FILE";

    /// <summary>What is wrong with the certificate that was seen last; null where nothing is.</summary>
    public string? Complaint { get; private set; }

    /// <summary>What to do about it.</summary>
    public IReadOnlyList<string> Hints { get; private set; } = [];

    /// <summary>Before another connection, which may fail before it shows a certificate.</summary>
    public void Forget() => (Complaint, Hints) = (null, []);

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Forget();
        if (errors != SslPolicyErrors.None)
        {
            (Complaint, Hints) = Describe(certificate as X509Certificate2, chain, errors);
        }
        return errors == SslPolicyErrors.None;
    }

    private static (string Complaint, IReadOnlyList<string> Hints) Describe(X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return ("the server shows no certificate", []);
        }
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return ("the certificate is another host's", ["use the name that the certificate is for, if the address is set here; else somebody answers in the host's place"]);
        }
        X509ChainStatusFlags found = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain?.ChainStatus ?? [])
        {
            found |= status.Status;
        }
        return found switch
        {
            _ when found.HasFlag(X509ChainStatusFlags.NotTimeValid) => OutOfTime(certificate),
            _ when found.HasFlag(X509ChainStatusFlags.Revoked) => ("the certificate was revoked", []),
            _ when (found & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError =>
                ("the certificate comes from no authority that is trusted here", WhoIsTrusted()),
            _ => ("the certificate is not valid", []),
        };
    }

    private static (string Complaint, IReadOnlyList<string> Hints) OutOfTime(X509Certificate2? certificate)
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime; // The clock by which the platform has judged it.
        string complaint = certificate is null ? "the certificate has expired, or is not valid yet"
            : now > certificate.NotAfter.ToUniversalTime() ? "the certificate expired on " + Day(certificate.NotAfter)
            : now < certificate.NotBefore.ToUniversalTime() ? "the certificate is not valid before " + Day(certificate.NotBefore)
            : "the certificate of its authority has expired, or is not valid yet";
        return (complaint, [$"check this machine's clock: it says {Day(now)}; if it is right, the server needs another certificate"]);
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static List<string> WhoIsTrusted()
    {
        List<string> hints =
        [
            "if a company's proxy inspects TLS, add its root certificate and name the bundle in SSL_CERT_FILE",
            "an image without /etc/ssl/certs/ca-certificates.crt trusts nobody: copy one in",
        ];
        if (Environment.GetEnvironmentVariable(BundleVariable) is { Length: > 0 } bundle && WhyUnreadable(bundle) is { } reason)
        {
            hints.Insert(0, $"{BundleVariable} names {bundle}, which {reason}");
        }
        return hints;
    }

    /// <summary>A bundle that cannot be read is passed over by .NET without a word.</summary>
    private static string? WhyUnreadable(string path)
    {
        int descriptor = Libc.OpenToRead(path, followLinks: true);
        if (descriptor < 0)
        {
            return "cannot be read: " + Libc.Describe(-descriptor);
        }
        bool isDirectory = Libc.GetStatus(descriptor, out FileStatus status) == 0 && status.IsDirectory;
        Libc.Close(descriptor);
        return isDirectory ? "is a directory" : null;
    }
}
