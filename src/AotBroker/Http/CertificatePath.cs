using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace AotBroker.Http;

/// <summary>
/// A path from a server's certificate to one in a bundle, which need not be a root: curl and Go trust what is in
/// a bundle as it is. The platform builds the chain and checks every signature, date, usage, path length and name in it;
/// this class only decides at which certificate it may end.
/// </summary>
internal static class CertificatePath
{
    /// <summary>The statuses that only say that the platform does not trust the end of the chain.</summary>
    private const X509ChainStatusFlags Untrusted = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    private const int MostLeftOut = 8;

    /// <summary>The certificates from the server's to the trusted one; null if there is no such path.</summary>
    /// <param name="certificate">The server's.</param>
    /// <param name="sent">Those that the server sent with it.</param>
    /// <param name="trusted">Those that are trusted as they are.</param>
    public static List<X509Certificate2>? Find(X509Certificate2 certificate, X509Certificate2Collection sent, X509Certificate2Collection trusted)
    {
        if (trusted.Count == 0)
        {
            return null;
        }
        List<X509Certificate2>? path = TryFind(certificate, sent, trusted);
        // If one authority has two certificates, signed by different ones, the platform follows the first and looks no further.
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
            chain.Build(certificate); // The result only counts for chains that end at a root.
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
            // Nothing depends on a trusted certificate's own signature, whose signer may not be known here.
            X509ChainStatusFlags passed = isTrusted ? Untrusted | X509ChainStatusFlags.NotSignatureValid : Untrusted;
            // OpenSSL does not check the dates of the last one if that is not a root.
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

    /// <summary>Compared byte by byte: the same name or key does not make it the same certificate.</summary>
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
