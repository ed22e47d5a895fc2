using System.Formats.Asn1;
using System.Security.Cryptography;
using AotBroker.Http;

namespace AotBroker.Tests;

/// <summary>Which bundles are looked at for which service, and what is said of one that cannot be used.</summary>
public sealed class CertificateBundleTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly Issued _root = Issued.Make("Root");

    public void Dispose()
    {
        _root.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void The_services_own_comes_before_those_for_all_and_no_other_services()
    {
        string file = Write(_root.Pem);
        string[] set = ["CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "VAULT_CACERT", "AWS_CA_BUNDLE"];

        List<CertificateBundle> bundles = CertificateBundle.Of(variable => set.Contains(variable) ? file : null, ["AWS_CA_BUNDLE"]);

        Assert.Equal(["AWS_CA_BUNDLE", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"], bundles.ConvertAll(static bundle => bundle.Variable));
        Assert.All(bundles, static bundle => Assert.Single(bundle.Certificates));
    }

    [Fact]
    public void All_files_of_a_directory_are_read()
    {
        Write(_root.Pem);
        Write("no certificate");

        Assert.Single(CertificateBundle.Of(variable => variable == "SSL_CERT_DIR" ? _directory.Path : variable == "SSL_CERT_FILE" ? "/nowhere" : null, []), static bundle => bundle.Problem is null);
    }

    [Fact]
    public void Text_around_and_a_broken_neighbour_do_no_harm() => Assert.Single(
        Read($"# Example\r\nsubject=x\r\n{_root.Pem}-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n").Certificates);

    [Fact]
    public void A_file_in_DER_is_named_as_such() => Assert.Contains("is not PEM but DER", Read(_root.Certificate.RawData).Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("text", "holds no certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nnone\n", "holds no certificate")]
    public void A_file_without_certificates_is_named(string content, string problem) => Assert.Contains(problem, Read(content).Problem, StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Contains("cannot be read: No such file", CertificateBundle.Of(static variable => variable == "SSL_CERT_FILE" ? "/nowhere/x" : null, [])[0].Problem, StringComparison.Ordinal);

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("1.3.6.1.5.5.7.3.1", null, true)]
    [InlineData("2.5.29.37.0", null, true)]
    [InlineData("1.3.6.1.5.5.7.3.4", null, false)]
    [InlineData(null, "1.3.6.1.5.5.7.3.1", false)]
    [InlineData(null, "2.5.29.37.0", false)]
    [InlineData(null, "1.3.6.1.5.5.7.3.4", true)]
    [InlineData("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.1", false)]
    public void A_trusted_certificate_is_one_for_what_it_is_trusted_for(string? trusted, string? rejected, bool isTaken)
    {
        AsnWriter settings = new(AsnEncodingRules.DER);
        using (settings.PushSequence())
        {
            WriteUsages(trusted, Asn1Tag.Sequence);
            WriteUsages(rejected, new Asn1Tag(TagClass.ContextSpecific, 0));
        }
        string pem = PemEncoding.WriteString("TRUSTED CERTIFICATE", [.. _root.Certificate.RawData, .. settings.Encode()]);

        Assert.Equal(isTaken ? 1 : 0, Read(pem).Certificates.Count);

        void WriteUsages(string? usage, Asn1Tag tag)
        {
            if (usage is not null)
            {
                using (settings.PushSequence(tag))
                {
                    settings.WriteObjectIdentifier(usage);
                }
            }
        }
    }

    private CertificateBundle Read(string content) => Read(System.Text.Encoding.ASCII.GetBytes(content));

    private CertificateBundle Read(byte[] content)
    {
        string file = Path.Combine(_directory.Path, Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(file, content);
        return CertificateBundle.Of(variable => variable == "SSL_CERT_FILE" ? file : null, [])[0];
    }

    private string Write(string content)
    {
        string file = Path.Combine(_directory.Path, Guid.NewGuid().ToString("N"));
        File.WriteAllText(file, content);
        return file;
    }
}
