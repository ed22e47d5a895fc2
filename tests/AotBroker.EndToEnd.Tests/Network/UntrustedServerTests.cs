using System.Security.Cryptography.X509Certificates;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A server that is not to be believed gets no token, and whoever called is told what to do about it.</summary>
public sealed class UntrustedServerTests : NetworkTest
{
    /// <summary>Makes the endpoint serve with what is wrong, and returns what says so.</summary>
    private Dictionary<string, (Func<X509Certificate2> Certificate, string Complaint, string Hint)> Wrongs => new()
    {
        ["another host's"] = (() => Certificates.Sign(name: "elsewhere.test"), "the certificate is for another host", "use the name that the certificate is for"),
        ["another address's"] = (() => Certificates.Sign(name: "127.0.0.2"), "the certificate is for another host", "use the name that the certificate is for"),
        ["expired"] = (() => Certificates.Sign(from: -20, until: -10), "the certificate expired on ", "check this machine's clock: it says "),
        ["not valid yet"] = (() => Certificates.Sign(from: 10, until: 20), "the certificate is not valid before ", "check this machine's clock: it says "),
        ["with the name only in its subject"] = (() => Certificates.Sign(names: false), "only in its subject", "the server needs another certificate"),
        ["signed by itself"] = (Certificates.SignItself, "does not come from an authority that is trusted here", "SSL_CERT_FILE"),
    };

    [Fact]
    public async Task A_certificate_that_is_wrong_is_refused_and_no_token_is_sent()
    {
        Sandbox.Environment["SSL_CERT_FILE"] = WriteAuthority();
        foreach (var (wrong, complaint, hint) in Wrongs.Values)
        {
            using var certificate = wrong();
            var server = ServeTls(certificate);

            (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0602", 6).Says("no trusted connection to " + server.Authority).Says(complaint).Says(hint);

            Assert.Equal(1, server.Connections);
        }

        await TokenIsUnspentAsync();
        ReliabilityTable.Check(
            fault: "the endpoint's certificate is wrong",
            "a server with a certificate made for the run",
            $"{Wrongs.Count}: {string.Join(", ", Wrongs.Keys)}",
            $"{Wrongs.Count} × AB0602; no token was sent: a credential for it once the certificate is right");
    }

    /// <summary>What SSL_CERT_FILE names, and what is said beside AB0602.</summary>
    private Dictionary<string, (string Bundle, string Hint)> Bundles
    {
        get
        {
            using var others = new Certificates();
            return new()
            {
                ["another authority's root"] = (Sandbox.WriteFile("other.pem", others.AuthorityPem), "add its root certificate and name the bundle in SSL_CERT_FILE"),
                ["an empty file"] = (Sandbox.WriteFile("empty.pem", ""), "add its root certificate"),
                ["a file that is not a bundle"] = (Sandbox.WriteFile("text.pem", "-----BEGIN CERTIFICATE-----\nnone\n"), "add its root certificate"),
                ["a missing file"] = (Path.Combine(Sandbox.Root, "none.pem"), $"SSL_CERT_FILE names {Path.Combine(Sandbox.Root, "none.pem")}, which cannot be read: No such file or directory"),
                ["a directory"] = (Sandbox.MakeDirectory("bundle"), $"SSL_CERT_FILE names {Path.Combine(Sandbox.Root, "bundle")}, which is a directory"),
            };
        }
    }

    [Fact]
    public async Task A_root_is_believed_as_long_as_the_bundle_has_it()
    {
        using var certificate = Certificates.Sign();
        var server = ServeTls(certificate);
        Sandbox.Environment["SSL_CERT_FILE"] = WriteAuthority();
        (await Sandbox.RunAsync("get")).Succeeded();
        NewIdentityFile();
        var bundles = Bundles;
        foreach (var (bundle, hint) in bundles.Values)
        {
            Sandbox.Environment["SSL_CERT_FILE"] = bundle;

            (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0602", 6).Says("does not come from an authority that is trusted here").Says(hint);
        }

        Assert.Equal((1, 1 + bundles.Count), (Endpoint.Events.Presentations, server.Connections));
        Sandbox.Environment["SSL_CERT_FILE"] = WriteAuthority();
        (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded();
        Assert.Equal((2, 2), (Endpoint.Events.Presentations, Endpoint.Events.GrantedExchanges));
        ReliabilityTable.Check(
            fault: "the trusted root is removed",
            "SSL_CERT_FILE names something other than when the last credential was fetched",
            $"{bundles.Count}: {string.Join(", ", bundles.Keys)}",
            $"{bundles.Count} × AB0602; no token was sent: a credential for it once the root is back");
    }

    [RootFact]
    public async Task A_bundle_that_the_user_may_not_read_is_named()
    {
        using var certificate = Certificates.Sign();
        ServeTls(certificate);
        File.SetUnixFileMode(Sandbox.Root, (UnixFileMode)0b111_001_001);
        File.SetUnixFileMode(Path.Combine(Sandbox.Root, "identity"), (UnixFileMode)0b111_001_001);
        File.SetUnixFileMode(Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"], (UnixFileMode)0b110_100_100);
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = Path.Combine(Sandbox.MakeDirectory("world"), "cache");
        File.SetUnixFileMode(Path.Combine(Sandbox.Root, "world"), (UnixFileMode)0b111_111_111 | UnixFileMode.StickyBit);
        var bundle = Sandbox.Environment["SSL_CERT_FILE"] = WriteAuthority();

        var result = await Sandbox.RunAsync(new Launch("--reuid", "65534", "--regid", "65534", "--clear-groups", PublishedBinary.Path, "get") { Program = "setpriv" });

        result.Failed("AB0602", 6).Says($"SSL_CERT_FILE names {bundle}, which cannot be read: Permission denied");
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task A_root_in_a_directory_that_SSL_CERT_DIR_names_is_believed()
    {
        using var certificate = Certificates.Sign();
        ServeTls(certificate);
        var directory = Path.GetDirectoryName(WriteAuthority("roots/ca.pem"))!;

        (await Sandbox.RunAsync("get")).Failed("AB0602", 6);
        Sandbox.Environment["SSL_CERT_DIR"] = directory;
        (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded();
        File.Delete(Path.Combine(directory, "ca.pem"));
        NewIdentityFile();
        (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0602", 6);

        Assert.Equal((1, 1), (Endpoint.Events.Presentations, Endpoint.Events.GrantedExchanges));
    }

    [Theory]
    [InlineData("NODE_EXTRA_CA_CERTS")]
    [InlineData("REQUESTS_CA_BUNDLE")]
    [InlineData("CURL_CA_BUNDLE")]
    public async Task A_root_that_other_programs_trust_is_believed_beside_the_systems(string variable)
    {
        using var certificate = Certificates.Sign();
        ServeTls(certificate);

        Sandbox.Environment[variable] = Path.Combine(Sandbox.Root, "none.pem");
        (await Sandbox.RunAsync("get")).Failed("AB0602", 6).Says($"{variable} names {Path.Combine(Sandbox.Root, "none.pem")}, which cannot be read");
        Sandbox.Environment[variable] = WriteAuthority();

        (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded();
    }

    [Theory]
    [InlineData("VAULT_CACERT")]
    [InlineData("AWS_CA_BUNDLE")]
    public async Task A_root_for_another_service_is_not(string variable)
    {
        using var certificate = Certificates.Sign();
        ServeTls(certificate);
        Sandbox.Environment[variable] = WriteAuthority();

        var result = (await Sandbox.RunAsync("get")).Failed("AB0602", 6).Says("an authority that is trusted here (\"Authority of this test ");

        Assert.DoesNotContain(variable, result.ErrorText, StringComparison.Ordinal);
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    /// <summary>
    /// OpenSSL of today refuses to serve these, so the answer is written here: a ServerHello of the version, with a cipher
    /// that the version has and that clients still offer.
    /// </summary>
    [Fact]
    public async Task A_server_of_an_old_version_of_TLS_is_told_so_and_gets_no_token()
    {
        Dictionary<string, byte> versions = new() { ["SSL 3.0"] = 0, ["TLS 1.0"] = 1, ["TLS 1.1"] = 2 };
        List<byte[]> alerts = [];
        foreach (var minor in versions.Values)
        {
            TaskCompletionSource<byte[]> alert = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var server = Serve(async (stream, stop) =>
            {
                await OldTls.ReadRecordAsync(stream, stop);
                await stream.WriteAsync(OldTls.ServerHello(minor), stop);
                alert.SetResult(await OldTls.ReadRecordAsync(stream, stop));
            });
            Sandbox.Environment["ANTHROPIC_BASE_URL"] = "https://" + server.Authority;

            (await Sandbox.RunAsync("get", "--force-refresh")).Failed("AB0602", 6).Says("no version or cipher that both sides know").Says("the server must speak TLS 1.2 or later");

            alerts.Add(await alert.Task.WaitAsync(BrokerProcess.Patience));
        }

        Assert.All(alerts, alert => Assert.Equal(OldTls.ProtocolVersionAlert, alert));
        await TokenIsUnspentAsync();
        ReliabilityTable.Check(
            fault: "the endpoint speaks an old version of TLS",
            "it answers with a ServerHello of that version",
            $"{versions.Count}: {string.Join(", ", versions.Keys)}",
            $"{versions.Count} × AB0602, and the alert protocol_version to the server; no token was sent: a credential for it from a modern server");
    }
}
