using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AotBroker.Interop;

namespace AotBroker.Http;

/// <summary>The certificates in a file that a variable names: PEM, with "CERTIFICATE" and OpenSSL's "TRUSTED CERTIFICATE".</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Path">The file.</param>
/// <param name="Certificates">All that could be read.</param>
/// <param name="Problem">Why there are none, as the end of "which …"; null if there are some.</param>
internal sealed record CertificateBundle(string Variable, string Path, X509Certificate2Collection Certificates, string? Problem)
{
    private const int LargestFile = 8 * 1024 * 1024;
    private const string SystemVariable = "SSL_CERT_FILE";
    private const string SystemBundle = "/etc/ssl/certs/ca-certificates.crt";
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string AnyUsage = "2.5.29.37.0";

    /// <summary>For every server.</summary>
    private static readonly string[] General = [SystemVariable, "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

    /// <summary>The bundles that are set, in the order in which messages name them.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="own">Variables only for the service that is asked, such as VAULT_CACERT.</param>
    public static List<CertificateBundle> Of(Func<string, string?> environment, IReadOnlyList<string> own)
    {
        List<CertificateBundle> bundles = [];
        foreach (string variable in (string[])[.. own, .. General])
        {
            if (environment(variable) is { Length: > 0 } path)
            {
                Add(bundles, variable, path);
            }
        }
        if (string.IsNullOrEmpty(environment(SystemVariable)) && Read("the system", SystemBundle) is { Problem: null } system)
        {
            bundles.Add(system);
        }
        return bundles;
    }

    /// <summary>A file; or, except for OpenSSL's variable for files, all files of a directory that hold a certificate.</summary>
    private static void Add(List<CertificateBundle> bundles, string variable, string path)
    {
        if (variable == SystemVariable || !Directory.Exists(path))
        {
            bundles.Add(Read(variable, path));
            return;
        }
        foreach (string file in Directory.GetFiles(path))
        {
            if (Read(variable, file) is { Problem: null } bundle)
            {
                bundles.Add(bundle);
            }
        }
    }

    private static CertificateBundle Read(string variable, string path)
    {
        X509Certificate2Collection certificates = [];
        byte[]? content = ReadFile(path, out string? problem);
        if (content is not null)
        {
            problem = content.Length == 0 ? "is empty"
                : AddAll(certificates, Encoding.Latin1.GetString(content)) ? null
                : content[0] == 0x30 ? "is not PEM but DER: convert it with `openssl x509 -inform der -outform pem`"
                : "holds no certificate that can be read (\"-----BEGIN CERTIFICATE-----\")";
        }
        return new CertificateBundle(variable, path, certificates, problem);
    }

    private static bool AddAll(X509Certificate2Collection certificates, ReadOnlySpan<char> text)
    {
        while (PemEncoding.TryFind(text, out PemFields fields))
        {
            if (text[fields.Label] is "CERTIFICATE" or "X509 CERTIFICATE" or "TRUSTED CERTIFICATE")
            {
                TryAdd(certificates, Convert.FromBase64String(text[fields.Base64Data].ToString()));
            }
            text = text[fields.Location.End..];
        }
        return certificates.Count > 0;
    }

    private static void TryAdd(X509Certificate2Collection certificates, byte[] octets)
    {
        try
        {
            AsnDecoder.ReadEncodedValue(octets, AsnEncodingRules.BER, out _, out _, out int length);
            if (length == octets.Length || IsForServers(octets.AsMemory(length)))
            {
                certificates.Add(X509CertificateLoader.LoadCertificate(octets.AsSpan(0, length)));
            }
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            // Others in the file may be intact.
        }
    }

    /// <summary>
    /// What follows a trusted certificate says what it is trusted for and what not, as lists of usages (X509_CERT_AUX of
    /// OpenSSL; see openssl-x509, -addtrust and -addreject).
    /// </summary>
    private static bool IsForServers(ReadOnlyMemory<byte> settings)
    {
        AsnReader fields = new AsnReader(settings, AsnEncodingRules.BER).ReadSequence();
        Asn1Tag rejected = new(TagClass.ContextSpecific, 0);
        bool isTrusted = !fields.HasData || fields.PeekTag() != Asn1Tag.Sequence || HoldServers(fields.ReadSequence());
        bool isRejected = fields.HasData && fields.PeekTag().HasSameClassAndValue(rejected) && HoldServers(fields.ReadSequence(rejected));
        return isTrusted && !isRejected;

        static bool HoldServers(AsnReader usages)
        {
            bool holds = false;
            while (usages.HasData)
            {
                holds |= usages.ReadObjectIdentifier() is ServerAuthentication or AnyUsage;
            }
            return holds;
        }
    }

    private static byte[]? ReadFile(string path, out string? problem)
    {
        int descriptor = Libc.OpenToRead(path, followLinks: true);
        if (descriptor < 0)
        {
            problem = "cannot be read: " + Libc.Describe(-descriptor);
            return null;
        }
        try
        {
            if (Libc.GetStatus(descriptor, out FileStatus status) == 0 && status.IsDirectory)
            {
                problem = "is a directory";
                return null;
            }
            byte[] content = new byte[64 * 1024];
            int length = 0;
            while (true)
            {
                int count = Libc.Read(descriptor, content.AsSpan(length));
                if (count < 0)
                {
                    problem = "cannot be read: " + Libc.Describe(-count);
                    return null;
                }
                if (count == 0)
                {
                    problem = null;
                    return content[..length];
                }
                length += count;
                if (length >= LargestFile)
                {
                    problem = $"is larger than {LargestFile / (1024 * 1024)} MiB";
                    return null;
                }
                if (length == content.Length)
                {
                    Array.Resize(ref content, length * 2);
                }
            }
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }
}
