using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AotBroker.Http;

/// <summary>
/// A way from a server's certificate to one that a bundle holds, which need not be a root: curl and Go take what stands in
/// a bundle as it is. The platform builds the chain and looks at every signature, date, usage, path length and name in it;
/// here is decided only at which certificate it may end.
/// </summary>
internal static class CertificatePath
{
    /// <summary>The statuses that say no more than that the platform does not trust where the chain ends.</summary>
    private const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    private const int MostLeftOut = 8;

    /// <summary>The certificates from the server's to the trusted one; null where there is no such way.</summary>
    /// <param name="certificate">The server's.</param>
    /// <param name="sent">Those that it sent with it.</param>
    /// <param name="trusted">Those that are trusted as they are.</param>
    public static List<X509Certificate2>? Find(X509Certificate2 certificate, X509Certificate2Collection sent, X509Certificate2Collection trusted)
    {
        if (trusted.Count == 0)
        {
            return null;
        }
        List<X509Certificate2>? path = TryFind(certificate, sent, trusted);
        // Of two certificates of one authority, signed by different ones, the platform follows the first and looks no further.
        for (int i = 0; path is null && i < Math.Min(sent.Count, MostLeftOut); i++)
        {
            X509Certificate2Collection others = [.. sent];
            others.RemoveAt(i);
            path = TryFind(certificate, others, trusted);
        }
        return path;
    }

    private static List<X509Certificate2>? TryFind(X509Certificate2 certificate, X509Certificate2Collection sent, X509Certificate2Collection trusted)
    {
        using X509Chain chain = new()
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                DisableCertificateDownloads = true,
                RevocationMode = X509RevocationMode.NoCheck,
            },
        };
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // Authentication of a server.
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(trusted);
        chain.ChainPolicy.ExtraStore.AddRange(sent);
        try
        {
            chain.Build(certificate); // What it returns is about chains that end at a root.
        }
        catch (CryptographicException)
        {
            return null;
        }
        List<X509Certificate2> path = [];
        foreach (X509ChainElement element in chain.ChainElements)
        {
            X509ChainStatusFlags found = X509ChainStatusFlags.NoError;
            foreach (X509ChainStatus status in element.ChainElementStatus)
            {
                found |= status.Status;
            }
            path.Add(element.Certificate);
            bool isTrusted = Contains(trusted, element.Certificate);
            // That of a trusted certificate's own signature nothing depends on: whose it is may not be known here.
            X509ChainStatusFlags passed = isTrusted ? Untrusted | X509ChainStatusFlags.NotSignatureValid : Untrusted;
            // OpenSSL does not look at the dates of the last one where that is no root.
            if ((found & ~passed) != X509ChainStatusFlags.NoError || !IsInTime(element.Certificate))
            {
                return null;
            }
            if (isTrusted)
            {
                return path;
            }
        }
        return null;
    }

    private static bool IsInTime(X509Certificate2 certificate)
    {
        DateTime now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return certificate.NotBefore.ToUniversalTime() <= now && now <= certificate.NotAfter.ToUniversalTime();
    }

    /// <summary>Octet by octet: neither a name nor a key makes a certificate another one.</summary>
    private static bool Contains(X509Certificate2Collection certificates, X509Certificate2 certificate)
    {
        foreach (X509Certificate2 one in certificates)
        {
            if (one.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))
            {
                return true;
            }
        }
        return false;
    }
}
