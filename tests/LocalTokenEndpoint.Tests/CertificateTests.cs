using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace LocalTokenEndpoint.Tests;

public class CertificateTests
{
    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("issuer.test")]
    public async Task The_certificate_covers_loopback_and_the_names_given(string name)
    {
        await using var endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Names = ["issuer.test"] });

        Assert.Equal(SslPolicyErrors.None, await ConnectAsync(endpoint, name));
    }

    [Fact]
    public async Task The_certificate_covers_nothing_else()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();

        Assert.Equal(SslPolicyErrors.RemoteCertificateNameMismatch, await ConnectAsync(endpoint, "issuer.test"));
    }

    [Fact]
    public async Task Another_endpoint_s_authority_did_not_sign_it()
    {
        await using var endpoint = await LocalEndpoint.StartAsync();
        await using var other = await LocalEndpoint.StartAsync();

        Assert.Equal(
            SslPolicyErrors.RemoteCertificateChainErrors, await ConnectAsync(endpoint, "localhost", other.CaBundlePem));
    }

    [Fact]
    public async Task Either_scheme_may_be_left_out()
    {
        await using var plain = await LocalEndpoint.StartAsync(new LocalEndpointOptions { HttpsPort = null });
        await using var secure = await LocalEndpoint.StartAsync(new LocalEndpointOptions { HttpPort = null });

        Assert.Equal((true, false), (plain.ServesHttp, plain.ServesHttps));
        Assert.Equal((plain.HttpUrl, plain.HttpUrl), (plain.Url, plain.Issuer.Url));
        Assert.Equal((false, true), (secure.ServesHttp, secure.ServesHttps));
        Assert.Equal(secure.HttpsUrl, secure.Url);
        Assert.Throws<InvalidOperationException>(() => secure.HttpUrl);
        Assert.StartsWith("https://issuer.test:", secure.HttpsUrlFor("issuer.test"), StringComparison.Ordinal);
    }

    private static async Task<SslPolicyErrors> ConnectAsync(LocalEndpoint endpoint, string name, string? authority = null)
    {
        using var trusted = X509Certificate2.CreateFromPem(authority ?? endpoint.CaBundlePem);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(endpoint.HttpsUrl).Port);
        SslPolicyErrors? found = null;
        await using var tls = new SslStream(client.GetStream());
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { trusted },
                RevocationMode = X509RevocationMode.NoCheck,
            },
            RemoteCertificateValidationCallback = (_, _, _, errors) =>
            {
                found = errors;
                return errors == SslPolicyErrors.None;
            },
        };
        try
        {
            await tls.AuthenticateAsClientAsync(options);
        }
        catch (AuthenticationException)
        {
            // What the callback was told says more.
        }

        return found!.Value;
    }
}
