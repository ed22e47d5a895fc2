using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>The credentials that were minted, one file for each key. Readers take no lock; writers hold the key's.</summary>
internal sealed class CacheEntries(CacheDirectory directory, ProcessEnvironment environment)
{
    /// <summary>The key holds what a token says of its workload, and a token may have 256 KiB.</summary>
    private const int LargestEntry = 1024 * 1024;

    /// <summary>How far in the future an entry may have been written by a clock that was set back a little, in seconds.</summary>
    private const long Tolerance = 60;

    public string PathOf(CacheKey key) => directory.File(key.FileStem + ".json");

    /// <summary>The credential in the cache, expired or not; null where there is none that may be served.</summary>
    /// <param name="key">The configuration that asks.</param>
    /// <param name="distrust">Told why an entry that is there was passed over.</param>
    public Credential? Read(CacheKey key, Action<string, string>? distrust = null)
    {
        string path = PathOf(key);
        FileContent file = PrivateFile.Read(path, LargestEntry);
        if (file.Status != ReadStatus.Read)
        {
            if (file.Status != ReadStatus.Missing)
            {
                distrust?.Invoke(path, file.Reason!);
            }
            return null;
        }
        if (!CacheEntry.TryRead(file.Content, out CacheEntry? entry, out SchemaProblems problems))
        {
            distrust?.Invoke(path, NewerVersion.Wrote(problems) ? "a newer version of the broker wrote it" : "it is damaged");
            return null;
        }
        if (entry.Key != key.Text)
        {
            distrust?.Invoke(path, "it was minted for another configuration");
            return null;
        }
        return CredentialOf(entry, path, distrust);
    }

    /// <summary>
    /// What another entry holds that this very token gave, for the same settings: the workload was then known by another name,
    /// or its profile asks its platform in another way.
    /// </summary>
    /// <param name="key">The configuration that asks.</param>
    /// <param name="stem">The other entry, as a record names it.</param>
    /// <param name="digest">SHA-256 of the identity token at hand.</param>
    public Credential? ReadGrantedFor(CacheKey key, string stem, string digest)
    {
        if (!ProfileName.IsValid(stem))
        {
            return null; // The name comes from a file, and becomes a path.
        }
        CacheEntry? entry = ReadEntry(directory.File(stem + ".json"), out Credential? credential);
        return entry?.IdentityDigest == digest && key.IsForSettingsOf(entry.Key) ? credential : null;
    }

    private Credential? CredentialOf(CacheEntry entry, string path, Action<string, string>? distrust)
    {
        if (entry.AccessToken is null && entry.Aws is null && entry.Fields is null)
        {
            distrust?.Invoke(path, "it is damaged: it holds no credential");
            return null;
        }
        if (entry.AccessToken is { } token && token.Reveal().AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            distrust?.Invoke(path, "it is damaged: what it holds is no token");
            return null;
        }
        if (entry.IssuedAt > environment.Now + Tolerance || entry.ExpiresAt < entry.IssuedAt)
        {
            distrust?.Invoke(path, "its times are not possible: it is from the future, or the clock was set back");
            return null;
        }
        return new Credential
        {
            AccessToken = entry.AccessToken,
            TokenType = entry.TokenType,
            Aws = entry.Aws,
            Fields = entry.Fields,
            LeaseId = entry.LeaseId,
            RevocationToken = entry.RevocationToken,
            IssuedAt = entry.IssuedAt,
            ExpiresAt = entry.ExpiresAt,
            Scope = entry.Scope,
            RequestId = entry.RequestId,
            IdentityDigest = entry.IdentityDigest,
        };
    }

    /// <summary>An entry with what is known of it; null where the file is none that can be read.</summary>
    public CacheEntry? ReadEntry(string path, out Credential? credential)
    {
        credential = null;
        FileContent file = PrivateFile.Read(path, LargestEntry);
        if (file.Status != ReadStatus.Read || !CacheEntry.TryRead(file.Content, out CacheEntry? entry, out _))
        {
            return null;
        }
        credential = CredentialOf(entry, path, null);
        return entry;
    }

    /// <summary>Removes what is there. The caller holds the key's lock.</summary>
    public void Remove(CacheKey key) => _ = Libc.Unlink(PathOf(key));

    /// <summary>Whether a newer version wrote what is there: it is left alone.</summary>
    public bool IsOfNewerVersion(CacheKey key)
    {
        FileContent file = PrivateFile.Read(PathOf(key), LargestEntry);
        return file.Status == ReadStatus.Read && !CacheEntry.TryRead(file.Content, out _, out SchemaProblems problems) && NewerVersion.Wrote(problems);
    }

    /// <exception cref="IOException">It could not be written; what was there stands.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public void Write(CacheKey key, string profile, Credential credential)
    {
        CacheEntry entry = new()
        {
            Key = key.Text,
            Profile = profile,
            AccessToken = credential.AccessToken,
            TokenType = credential.TokenType,
            Aws = credential.Aws,
            Fields = credential.Fields,
            LeaseId = credential.LeaseId,
            RevocationToken = credential.RevocationToken,
            IssuedAt = credential.IssuedAt,
            ExpiresAt = credential.ExpiresAt,
            Scope = credential.Scope,
            RequestId = credential.RequestId,
            IdentityDigest = credential.IdentityDigest,
            ProcessId = Environment.ProcessId,
        };
        PrivateFile.Replace(PathOf(key), entry.ToUtf8Json());
    }
}
