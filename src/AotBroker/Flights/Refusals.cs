using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Identity;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>
/// Exchanges that failed, remembered for a short time, so that those who wait do not repeat them (invariant 9). Beside the
/// entry, not in it: a failure leaves the credential that is still good as it is.
/// </summary>
internal sealed class Refusals(CacheDirectory directory, ProcessEnvironment environment)
{
    private const int LargestRefusal = 1024 * 1024;

    /// <summary>For how long, in seconds, a refusal stands: about as long as a person takes to mend a rule.</summary>
    private const long RefusedFor = 30;

    /// <summary>For how long a failure stands that may pass by itself.</summary>
    private const long FailedFor = 5;

    /// <summary>The longest time for which the endpoint's own Retry-After is heeded across processes.</summary>
    private const long LongestRetryAfter = 300;

    private Refusal? _ignored;

    private string PathOf(CacheKey key) => directory.File(key.FileStem + ".refusal.json");

    /// <summary>What is remembered, if its time is not over.</summary>
    public Refusal? Read(CacheKey key)
    {
        FileContent file = PrivateFile.Read(PathOf(key), LargestRefusal);
        if (file.Status != ReadStatus.Read || !Refusal.TryRead(file.Content, out Refusal? refusal, out _) || refusal.Key != key.Text)
        {
            return null;
        }
        long now = environment.Now;
        return refusal.RefusedAt <= now && now < refusal.Until ? refusal : null;
    }

    /// <summary>
    /// The failure that stands now is not heeded by this process, whose caller forces a refresh. Instants alone cannot tell
    /// it from one that comes while the caller waits: both may fall into one second.
    /// </summary>
    public void IgnoreActive(CacheKey key) => _ignored = Read(key);

    /// <summary>The refusal that still stands, as an error; null where an exchange may be tried.</summary>
    /// <param name="key">The configuration that asks.</param>
    /// <param name="provider">Asked for the token it has now, if the refusal was of one token that the source does not mint anew.</param>
    /// <param name="freshness">Who forces a refresh heeds only what was refused while it waited.</param>
    /// <param name="deadline">For the provider.</param>
    public BrokerException? FindActive(CacheKey key, IIdentityTokenProvider provider, Freshness freshness, Deadline deadline) =>
        FindActive(key, () => provider.Mints ? null : provider.GetToken(deadline).Digest, freshness);

    /// <param name="key">The configuration that asks.</param>
    /// <param name="digest">Asked for the digest of the token that would be presented, if one was refused; null where it would be a new one.</param>
    /// <param name="freshness">Who forces a refresh heeds only what was refused while it waited.</param>
    public BrokerException? FindActive(CacheKey key, Func<string?> digest, Freshness freshness)
    {
        if (Read(key) is not { } refusal || (freshness.Force && (refusal.RefusedAt < freshness.StartedAt || IsIgnored(refusal))))
        {
            return null;
        }
        if (refusal.IdentityDigest is { } refused && digest() is { } present && present != refused)
        {
            return null;
        }
        return new BrokerException(
            (ErrorCode)refusal.Code,
            refusal.Message,
            [
                .. refusal.Hints ?? [],
                $"process {refusal.ProcessId} got this error {Times.Ago(refusal.RefusedAt, environment.Now)}; retries are held back for {Times.Duration(refusal.Until - environment.Now)}; `aotbroker get --force-refresh` retries at once",
            ]);
    }

    private bool IsIgnored(Refusal refusal) =>
        _ignored is not null && _ignored.ProcessId == refusal.ProcessId && _ignored.RefusedAt == refusal.RefusedAt;

    /// <summary>Remembers that the exchange failed.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Remember(CacheKey key, ExchangeResult result, IdentityToken identity) => Remember(key, result, identity.Digest);

    /// <param name="key">The configuration that asked.</param>
    /// <param name="result">How it failed.</param>
    /// <param name="digest">SHA-256 of the token that was presented.</param>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Remember(CacheKey key, ExchangeResult result, string digest)
    {
        bool isRefused = result.Presentation == Presentation.Refused;
        long asked = result.RetryAfter is { } wait ? Math.Min((long)Math.Ceiling(wait.TotalSeconds), LongestRetryAfter) : 0;
        Write(key, result.Error!, Math.Max(isRefused ? RefusedFor : FailedFor, asked), isRefused ? digest : null);
    }

    /// <summary>Remembers that the platform gave no identity token.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Remember(CacheKey key, BrokerException error, long seconds = FailedFor) => Write(key, error, seconds, null);

    private void Write(CacheKey key, BrokerException error, long seconds, string? digest)
    {
        if (error.Code == ErrorCode.ResourcesLacking)
        {
            return; // Of this process alone; the next one may have what it needs.
        }
        long now = environment.Now;
        Refusal refusal = new()
        {
            Key = key.Text,
            RefusedAt = now,
            Until = now + seconds,
            Code = (long)error.Code,
            Message = error.Message,
            Hints = [.. error.Hints],
            IdentityDigest = digest,
            ProcessId = Environment.ProcessId,
        };
        PrivateFile.Replace(PathOf(key), refusal.ToUtf8Json());
    }

    public void Forget(CacheKey key) => _ = Libc.Unlink(PathOf(key));
}
