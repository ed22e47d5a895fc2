using System.Security.Cryptography.X509Certificates;
using AotBroker.Http;

namespace AotBroker.Tests;

/// <summary>Invariant 8: at which certificate of a bundle a chain may end, and what is no chain, whatever the bundle holds.</summary>
public sealed class CertificatePathTests : IDisposable
{
    private const string Host = "server.test";

    private readonly List<Issued> _made = [];
    private readonly Issued _root;
    private readonly Issued _issuing;
    private readonly Issued _server;

    public CertificatePathTests()
    {
        _root = Make("Root");
        _issuing = Make("Issuing", by: _root);
        _server = MakeServer(_issuing);
    }

    public void Dispose() => _made.ForEach(static one => one.Dispose());

    [Fact]
    public void A_root_is_the_end_of_a_path() => Assert.Equal([_server, _issuing, _root], Path(_server, [_issuing], [_root]));

    [Fact]
    public void An_issuing_authority_is_one_without_its_root() => Assert.Equal([_server, _issuing], Path(_server, [_issuing], [_issuing]));

    [Fact]
    public void An_issuing_authority_need_not_be_sent() => Assert.Equal([_server, _issuing], Path(_server, [], [_issuing]));

    [Fact]
    public void An_issuing_authority_is_one_where_the_server_sends_the_root_too() =>
        Assert.Equal([_server, _issuing], Path(_server, [_issuing, _root], [_issuing]));

    [Fact]
    public void The_servers_own_certificate_is_one() => Assert.Equal([_server], Path(_server, [_issuing], [_server]));

    [Fact]
    public void What_stands_above_the_end_does_not_matter()
    {
        Issued expired = Make("Old root", days: -1);
        Issued issuing = Make("Issuing of the old", by: expired);
        Issued server = MakeServer(issuing);

        Assert.Equal([server, issuing], Path(server, [issuing, expired], [issuing]));
    }

    [Fact]
    public void A_root_that_has_expired_is_passed_over_for_its_successor()
    {
        Issued expired = Make("Root", days: -1, key: _root);

        Assert.Equal([_server, _issuing, _root], Path(_server, [_issuing], [expired, _root]));
        Assert.Equal([_server, _issuing, _root], Path(_server, [_issuing], [_root, expired]));
    }

    [Fact]
    public void An_authority_that_two_have_signed_is_one_by_either()
    {
        Issued other = Make("Other root");
        Issued crossed = Make("Issuing", by: other, key: _issuing);

        Assert.NotNull(Path(_server, [_issuing, crossed], [_root]));
        Assert.NotNull(Path(_server, [_issuing, crossed], [other]));
        Assert.NotNull(Path(_server, [crossed, _issuing], [_root]));
        Assert.NotNull(Path(_server, [crossed], [other]));
    }

    [Fact]
    public void Without_a_certificate_that_is_trusted_there_is_no_path()
    {
        Assert.Null(Path(_server, [_issuing, _root], []));
        Assert.Null(Path(_server, [_issuing, _root], [Make("Root")]));
        Assert.Null(Path(_server, [_issuing, _root], [Make("Issuing", by: _root), MakeServer(_issuing)]));
    }

    [Fact]
    public void A_forged_authority_of_the_same_name_is_none()
    {
        Issued forged = Make("Issuing", by: Make("Root"));
        Issued server = MakeServer(forged);

        Assert.Null(Path(server, [forged], [_issuing]));
        Assert.Null(Path(server, [forged], [_root]));
        Assert.Null(Path(server, [forged, _issuing], [_issuing, _root]));
        Assert.Null(Path(server, [_issuing], [_issuing]));
        Assert.Null(Path(server, [], [_issuing, _root]));
    }

    [Fact]
    public void A_root_that_signed_itself_under_the_same_name_is_none()
    {
        Issued forged = Make("Root");
        Issued server = MakeServer(forged);

        Assert.Null(Path(server, [forged], [_root]));
        Assert.Null(Path(server, [forged], [_root, _issuing]));
    }

    [Fact]
    public void A_signature_that_is_not_right_is_none()
    {
        byte[] octets = _server.Certificate.RawData;
        octets[^1] ^= 1;
        using X509Certificate2 broken = X509CertificateLoader.LoadCertificate(octets);

        Assert.Null(CertificatePath.Find(broken, Collection([_issuing]), Collection([_issuing])));
        Assert.Null(CertificatePath.Find(broken, Collection([_issuing]), Collection([_root])));
        Assert.Null(CertificatePath.Find(broken, Collection([_issuing]), Collection([_server])));
    }

    [Fact]
    public void A_certificate_that_signed_itself_is_none()
    {
        Issued server = MakeServer(by: null);

        Assert.Null(Path(server, [], [_root, _issuing]));
        Assert.Equal([server], Path(server, [], [server]));
    }

    [Fact]
    public void An_end_that_has_expired_is_none()
    {
        Issued issuing = Make("Expired issuing", by: _root, days: -1);
        Issued server = MakeServer(issuing);
        Issued root = Make("Expired root", days: -1);
        Issued below = Make("Below", by: root);

        Assert.Null(Path(server, [issuing], [issuing]));
        Assert.Null(Path(server, [issuing], [_root]));
        Assert.Null(Path(MakeServer(below), [below], [root]));
    }

    [Fact]
    public void A_servers_certificate_that_has_expired_is_none()
    {
        Issued expired = MakeServer(_issuing, days: -1);

        Assert.Null(Path(expired, [_issuing], [_issuing]));
        Assert.Null(Path(expired, [_issuing], [expired]));
    }

    [Fact]
    public void A_server_signs_no_other()
    {
        Issued forged = MakeServer(_server);

        Assert.Null(Path(forged, [_server, _issuing], [_root]));
        Assert.Null(Path(forged, [_server, _issuing], [_issuing]));
        Assert.Null(Path(forged, [_server, _issuing], [_server]));
        Assert.Null(Path(forged, [], [_server]));
    }

    [Fact]
    public void No_more_authorities_stand_below_one_than_it_says()
    {
        Issued issuing = Make("Issuing alone", by: _root, pathLength: 0);
        Issued further = Make("Further", by: issuing);
        Issued server = MakeServer(further);

        Assert.Null(Path(server, [further, issuing], [issuing]));
        Assert.Null(Path(server, [further, issuing], [_root]));
        Assert.NotNull(Path(MakeServer(issuing), [issuing], [issuing]));
        Assert.NotNull(Path(server, [further], [further]));
    }

    [Theory]
    [InlineData("allowed.test", false)]
    [InlineData(Host, true)]
    [InlineData("test", true)]
    public void The_names_that_an_authority_may_sign_bind_it(string domain, bool isAllowed)
    {
        Issued issuing = Make("Bound", by: _root, onlyBelow: domain);
        Issued further = Make("Below the bound", by: issuing);

        Assert.Equal(isAllowed, Path(MakeServer(issuing), [issuing], [issuing]) is not null);
        Assert.Equal(isAllowed, Path(MakeServer(issuing), [issuing], [_root]) is not null);
        Assert.Equal(isAllowed, Path(MakeServer(further), [further, issuing], [issuing]) is not null);
    }

    [Fact]
    public void A_certificate_for_clients_is_no_servers()
    {
        Issued client = Make(Host, by: _issuing, isAuthority: false, host: Host, usage: "1.3.6.1.5.5.7.3.2");

        Assert.Null(Path(client, [_issuing], [_issuing]));
        Assert.Null(Path(client, [_issuing], [client]));
    }

    [Fact]
    public void What_must_be_understood_and_is_not_makes_it_none()
    {
        Assert.Null(Path(Make(Host, by: _issuing, isAuthority: false, host: Host, critical: true), [_issuing], [_issuing]));
        Issued issuing = Make("Strange", by: _root, critical: true);
        Assert.Null(Path(MakeServer(issuing), [issuing], [issuing]));
    }

    [Fact]
    public void A_key_that_may_sign_no_certificates_makes_none()
    {
        Issued issuing = Make("Not signing", by: _root, signs: false);
        Issued root = Make("Not signing root", signs: false);

        Assert.Null(Path(MakeServer(issuing), [issuing], [issuing]));
        Assert.Null(Path(MakeServer(issuing), [issuing], [_root]));
        Assert.Null(Path(MakeServer(root), [], [root]));
    }

    private Issued Make(string name, Issued? by = null, bool isAuthority = true, int days = 30, int? pathLength = null, string? onlyBelow = null, string? host = null, string usage = "1.3.6.1.5.5.7.3.1", Issued? key = null, bool critical = false, bool signs = true)
    {
        Issued made = Issued.Make(name, by, isAuthority, days, pathLength, onlyBelow, host, usage, key, critical, signs);
        _made.Add(made);
        return made;
    }

    private Issued MakeServer(Issued? by, int days = 30) => Make(Host, by, isAuthority: false, days, host: Host);

    /// <returns>Those that the path leads over; null where there is none.</returns>
    private List<Issued>? Path(Issued server, Issued[] sent, Issued[] trusted) =>
        CertificatePath.Find(server.Certificate, Collection(sent), Collection(trusted))?
            .ConvertAll(certificate => _made.Single(one => one.Certificate.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)));

    private static X509Certificate2Collection Collection(Issued[] certificates) => [.. certificates.Select(static one => one.Certificate)];
}
