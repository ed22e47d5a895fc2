using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace AotBroker.Exchange;

/// <summary>Believes a certificate exactly when the platform does, and remembers in words why it did not.</summary>
internal sealed class CertificateCheck
{
    /// <summary>What is wrong with the certificate that was seen last; null where nothing is.</summary>
    public string? Complaint { get; private set; }

    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        Complaint = Describe(chain, errors);
        return errors == SslPolicyErrors.None;
    }

    private static string? Describe(X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return null;
        }
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            return "the server shows no certificate";
        }
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            return "the certificate is another host's";
        }
        X509ChainStatusFlags found = X509ChainStatusFlags.NoError;
        foreach (X509ChainStatus status in chain?.ChainStatus ?? [])
        {
            found |= status.Status;
        }
        return found switch
        {
            _ when found.HasFlag(X509ChainStatusFlags.NotTimeValid) => "the certificate has expired, or is not valid yet",
            _ when found.HasFlag(X509ChainStatusFlags.Revoked) => "the certificate was revoked",
            _ when (found & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != X509ChainStatusFlags.NoError => "the certificate comes from no authority that is trusted here",
            _ => "the certificate is not valid",
        };
    }
}
