using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Store;

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
            entries.Write(Key, "ci", Made.Credential() with { AccessToken = new Secret(Secrets[0]), Scope = "a b", RequestId = "req_1", IdentityDigest = "00" });
            yield return File.ReadAllBytes(entries.PathOf(Key));
        }
    }

    public override string Run(byte[] input)
    {
        Write(Key.FileStem + ".json", input);
        string? reason = null;
        Credential? credential = new CacheEntries(Directory, Machine.Environment).Read(Key, (_, why) => reason = why);
        Assert.NotEqual(credential is null, reason is null);
        if (CacheEntry.TryRead(input, out CacheEntry? entry, out _))
        {
            RoundTrips(entry, entry.ToUtf8Json(), static octets => CacheEntry.TryRead(octets, out CacheEntry? again, out _) ? again : null);
            Assert.True(credential is null || entry.Key == Key.Text);
        }
        Assert.True(credential is null || credential.AccessToken is not { } token || !token.Reveal().Any(static c => c is <= ' ' or > '~'));
        return reason ?? $"served {credential!.RemainingAt(Machine.Clock.Now) > 0} {credential.Lifetime > 0} {credential.Scope is null}";
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
        BrokerException? error = new Refusals(Directory, Machine.Environment).Standing(Key, new NoProvider(), new Freshness(), Machine.Deadline());
        if (error is null)
        {
            return Refusal.TryRead(input, out _, out SchemaProblems problems) ? "not heeded" : $"{problems.Count} {problems[0].Pointer.Length}";
        }
        Assert.InRange(error.ExitCode, 4, 7);
        return $"heeded {error.Hints.Count}";
    }
}

internal sealed class PresentedTokensTarget : StoreTarget
{
    private readonly IdentityToken _identity = Made.IdentityToken();

    public override IEnumerable<byte[]> Seeds
    {
        get
        {
            Directory.Prepare();
            PresentedTokenRecords records = new(Directory, Machine.Environment);
            records.TryClaim(Made.IdentityToken(), "https://a.b:443/c", Key, "ci", Machine.Deadline());
            records.TryClaim(_identity, "https://a.b:443/c", Key, "ci", Machine.Deadline());
            yield return File.ReadAllBytes(Directory.File("presented.json"));
            records.Conclude(_identity, "https://a.b:443/c", Key, "ci", new ExchangeResult(Presentation.Granted) { Status = 200, RequestId = "req_1" }, Machine.Deadline());
            yield return File.ReadAllBytes(Directory.File("presented.json"));
        }
    }

    public override string Run(byte[] input)
    {
        Write("presented.json", input);
        PresentedTokenRecords records = new(Directory, Machine.Environment);
        // What is recorded outlasts a power cut, and so costs more time than all the rest.
        bool isWritten = input.Length % 16 == 0;
        PresentedTokenRecords.Claim claim = records.TryClaim(_identity, "https://a.b:443/c", Key, "ci", Machine.Deadline(), isWritable: isWritten);
        if (isWritten && claim.Verdict is PresentedTokenRecords.Verdict.First or PresentedTokenRecords.Verdict.Second)
        {
            // Whatever was there, this presentation is on record now, and the records can be read.
            Assert.Null(claim.Unrecorded);
            Assert.Contains(records.All(), token => token.Digest == _identity.Digest);
            records.Conclude(_identity, "https://a.b:443/c", Key, "ci", new ExchangeResult(Presentation.Refused), Machine.Deadline());
            Assert.Equal(PresentedTokenRecords.Verdict.Spent, records.TryClaim(_identity, "https://a.b:443/c", Key, "ci", Machine.Deadline()).Verdict);
        }
        return $"{claim.Verdict} {claim.Earlier?.Outcome} {records.All().Count}";
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
