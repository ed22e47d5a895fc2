using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using AotBroker.Http;

namespace AotBroker.Tests;

/// <summary>What browsers and Go refuse of a chain that is otherwise in order.</summary>
public sealed class CertificateStrengthTests
{
    private const string Host = "server.test";

    [Theory]
    [InlineData(2048, "SHA256", true)]
    [InlineData(3072, "SHA512", true)]
    [InlineData(2048, "SHA1", false)]
    [InlineData(2048, "MD5", false)]
    public void The_digest_of_the_servers_and_of_an_authority_counts(int bits, string digest, bool isTaken)
    {
        using X509Certificate2 weak = Make(bits, new HashAlgorithmName(digest));
        using X509Certificate2 good = Make(2048, HashAlgorithmName.SHA256);

        Assert.Equal(isTaken, CertificateStrength.Complaint([weak, good], Host) is null);
        Assert.Equal(isTaken, CertificateStrength.Complaint([good, weak, good], Host) is null);
    }

    [Fact]
    public void The_digest_of_what_is_trusted_as_it_is_does_not()
    {
        using X509Certificate2 root = Make(2048, HashAlgorithmName.SHA1);
        using X509Certificate2 good = Make(2048, HashAlgorithmName.SHA256);

        Assert.Null(CertificateStrength.Complaint([good, root], Host));
    }

    [Theory]
    [InlineData("SHA256", true)]
    [InlineData("SHA1", false)]
    public void The_digest_of_PSS_is_looked_for_in_its_parameters(string digest, bool isTaken)
    {
        using X509Certificate2 one = Make(2048, new HashAlgorithmName(digest), RSASignaturePadding.Pss);
        using X509Certificate2 good = Make(2048, HashAlgorithmName.SHA256);

        Assert.Equal(isTaken, CertificateStrength.Complaint([one, good], Host) is null);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(2040)]
    public void A_short_key_is_refused_wherever_it_stands(int bits)
    {
        using X509Certificate2 weak = Make(bits, HashAlgorithmName.SHA256);
        using X509Certificate2 good = Make(2048, HashAlgorithmName.SHA256);

        foreach (X509Certificate2[] path in new X509Certificate2[][] { [weak], [weak, good], [good, weak, good], [good, weak] })
        {
            Assert.Contains($"an RSA key of {bits} bits", CertificateStrength.Complaint(path, Host), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_name_in_the_subject_alone_is_none()
    {
        using X509Certificate2 one = Make(2048, HashAlgorithmName.SHA256, names: false);

        Assert.Contains("only in its subject", CertificateStrength.Complaint([one], Host), StringComparison.Ordinal);
    }

    private static X509Certificate2 Make(int bits, HashAlgorithmName digest, RSASignaturePadding? padding = null, bool names = true)
    {
        using var key = RSA.Create(bits);
        CertificateRequest request = new("CN=" + Host, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        if (names)
        {
            SubjectAlternativeNameBuilder alternatives = new();
            alternatives.AddDnsName(Host);
            request.CertificateExtensions.Add(alternatives.Build());
        }
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.Create(request.SubjectName, new Signer(key, digest, padding), now.AddDays(-1), now.AddDays(1), [1]);
    }

    /// <summary>Signs as the framework does not any more, too.</summary>
    private sealed class Signer(RSA key, HashAlgorithmName digest, RSASignaturePadding? padding) : X509SignatureGenerator
    {
        private bool IsPss => padding == RSASignaturePadding.Pss;

        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm)
        {
            AsnWriter writer = new(AsnEncodingRules.DER);
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(IsPss ? "1.2.840.113549.1.1.10" : digest.Name switch
                {
                    "MD5" => "1.2.840.113549.1.1.4",
                    "SHA1" => "1.2.840.113549.1.1.5",
                    "SHA512" => "1.2.840.113549.1.1.13",
                    _ => "1.2.840.113549.1.1.11",
                });
                if (!IsPss)
                {
                    writer.WriteNull();
                }
                else
                {
                    WriteParameters(writer);
                }
            }
            return writer.Encode();
        }

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) => key.SignData(data, digest, padding ?? RSASignaturePadding.Pkcs1);

        protected override PublicKey BuildPublicKey() => CreateForRSA(key, RSASignaturePadding.Pkcs1).PublicKey;

        /// <summary>Those of SHA-1 are the default, and so are not written.</summary>
        private void WriteParameters(AsnWriter writer)
        {
            using (writer.PushSequence())
            {
                if (digest == HashAlgorithmName.SHA256)
                {
                    using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier("2.16.840.1.101.3.4.2.1");
                    }
                }
            }
        }
    }
}
