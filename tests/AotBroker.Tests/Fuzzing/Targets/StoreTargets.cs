using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Identity;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests.Fuzzing;

/// <summary>A file of the cache.</summary>
internal abstract class StoreTarget : FuzzTarget
{
    protected StoreTarget() => Directory = CacheDirectory.Of(Machine.Environment);

    protected CacheDirectory Directory { get; }

    protected CacheKey Key { get; } = Made.Key();

    public override IEnumerable<string> Words =>
    [
        "version", "key", "profile", "access_token", "token_type", "issued_at", "expires_at", "scope", "request_id", "identity_digest", "process_id", "refused_at", "until", "code", "message",
        "hints", "tokens", "digest", "endpoint", "entry", "presented_at", "attempts", "outcome", "pending", "granted", "refused", "unknown", "status", "lost_at", Key.Text, Key.FileStem, $"{TestClock.StartSeconds}",
    ];

    protected void Write(string name, byte[] content) => Machine.Home.Write(".cache/aotbroker/" + name, content);
}

internal sealed class CacheEntryTarget : StoreTarget
{
    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            CacheEntries entries = new(Directory, Machine.Environment);
            Directory.Prepare();
            entries.Write(Key, Made.Credential() with { AccessToken = new Secret(Secrets[0]), Scope = "a b", RequestId = "req_1", IdentityDigest = "00" });
            yield return File.ReadAllBytes(entries.PathOf(Key));
        }
    }

    public override string Run(byte[] input)
    {
        Write(Key.FileStem + ".json", input);
        string? reason = null;
        Credential? credential = new CacheEntries(Directory, Machine.Environment).Read(Key, (_, why) => reason = why);
        Assert.NotEqual(credential is null, reason is null);
        if (Credential.TryRead(input, out Credential? entry, out _))
        {
            RoundTrips(entry, entry.ToUtf8Json(), static octets => Credential.TryRead(octets, out Credential? again, out _) ? again : null);
            Assert.True(credential is null || entry.Key == Key.Text);
        }
        Assert.True(credential is null || credential.AccessToken is not { } token || !token.Reveal().Any(static c => c is <= ' ' or > '~'));
        return reason ?? $"served {credential!.RemainingAt(Machine.Clock.Now) > 0} {credential!.Lifetime > 0} {credential!.Scope is null}";
    }
}

internal sealed class RefusalTarget : StoreTarget
{
    private sealed class NoProvider : IIdentityTokenProvider
    {
        public string Description => "a test";

        public TokenSupply Supply => TokenSupply.Minted;

        public IdentityToken GetToken(Deadline deadline) => throw new InvalidOperationException();
    }

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            Directory.Prepare();
            new Refusals(Directory, Machine.Environment).Remember(Key, new BrokerException(ErrorCode.IdentityServiceFailed, "the service failed", "try again"));
            yield return File.ReadAllBytes(Directory.File(Key.FileStem + ".refusal.json"));
        }
    }

    public override string Run(byte[] input)
    {
        Write(Key.FileStem + ".refusal.json", input);
        BrokerException? error = new Refusals(Directory, Machine.Environment).FindActive(Key, new NoProvider(), new Freshness(), Machine.Deadline());
        if (error is null)
        {
            return Refusal.TryRead(input, out _, out SchemaProblems problems) ? "not heeded" : $"{problems.Count} {problems[0].Pointer.Length}";
        }
        Assert.InRange(error.ExitCode, 4, 7);
        return $"heeded {error.Hints.Count}";
    }
}

internal sealed class PresentedTokenTarget : StoreTarget
{
    private const string Endpoint = "https://a.b:443/c";

    private readonly IdentityToken _identity = Made.IdentityToken();

    private PresentedTokenRecords Records => new(Directory, Machine.Environment);

    private Reservation TryReserve(bool canWrite = true) => Records.TryReserve(_identity, Endpoint, Key.FileStem, "ci", null, new CacheAbility(canWrite, HasLocks: true));

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            Directory.Prepare();
            using Reservation reservation = TryReserve();
            reservation.Dispose(); // .NET's own reading takes locks too.
            yield return File.ReadAllBytes(reservation.Path);
            Records.Conclude(reservation, new ExchangeResult(Presentation.Granted) { Status = 200, RequestId = "req_1" });
            yield return File.ReadAllBytes(reservation.Path);
        }
    }

    public override string Run(byte[] input)
    {
        string record = $"presented-{_identity.Digest}-{KeyText.Fingerprint(Endpoint)}.json";
        _ = Libc.Unlink(Directory.File(record + ".again"));
        Write(record, input);
        // What is recorded outlasts a power cut, and so costs more time than all the rest.
        bool isWritten = input.Length % 16 == 0;
        using Reservation reservation = TryReserve(isWritten);
        // Whatever was there: it was there, so this is no first presentation, and no third one comes after it.
        Assert.NotEqual(Verdict.First, reservation.Verdict);
        if (reservation.Verdict == Verdict.Second)
        {
            Assert.Null(reservation.Unrecorded);
            Records.Conclude(reservation, new ExchangeResult(Presentation.Refused));
            reservation.Dispose();
            Assert.Contains(Records.All(), token => token.Digest == _identity.Digest);
            using Reservation again = TryReserve();
            Assert.Equal(Verdict.Spent, again.Verdict);
        }
        return $"{reservation.Verdict} {reservation.Earlier?.Outcome} {Records.All().Count}";
    }
}

internal sealed class CredentialsTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds => Vectors("credentials");

    public override IEnumerable<string> Words => ["version", "type", "oauth_token", "access_token", "refresh_token", "expires_at", "1.0"];

    public override string Run(byte[] input)
    {
        if (!AnthropicCredentials.TryRead(input, out AnthropicCredentials? credentials, out SchemaProblems problems))
        {
            return $"{problems.Count} {problems[0].Kind} {problems[0].Pointer.Length}";
        }
        Assert.Equal("[secret]", $"{credentials.AccessToken}");
        RoundTrips(credentials, credentials.ToUtf8Json(indented: true), static octets => AnthropicCredentials.TryRead(octets, out AnthropicCredentials? again, out _) ? again : null);
        return $"read {credentials.ExpiresAt is null} {problems.Count}";
    }
}
