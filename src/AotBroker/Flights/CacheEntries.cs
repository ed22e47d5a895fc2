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
        if (!Credential.TryRead(file.Content, out Credential? entry, out SchemaProblems problems))
        {
            distrust?.Invoke(path, NewerVersion.Wrote(problems) ? "a newer version of the broker wrote it" : "it is damaged");
            return null;
        }
        if (entry.Key != key.Text)
        {
            distrust?.Invoke(path, "it was obtained for another configuration");
            return null;
        }
        if (WhyUnusable(entry) is { } reason)
        {
            distrust?.Invoke(path, reason);
            return null;
        }
        return entry;
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
        return TryRead(directory.File(stem + ".json"), out bool isUsable) is { Key: { } text } entry && isUsable && entry.IdentityDigest == digest && key.IsForSettingsOf(text) ? entry : null;
    }

    private string? WhyUnusable(Credential entry) =>
        entry.AccessToken is null && entry.Aws is null && entry.Fields is null ? "it is damaged: it holds no credential"
        : entry.AccessToken is { } token && token.Reveal().AsSpan().ContainsAnyExceptInRange('!', '~') ? "it is damaged: what it holds is not a token"
        : entry.IssuedAt > environment.Now + Tolerance || entry.ExpiresAt < entry.IssuedAt ? "its times are impossible: it is from the future, or the clock was set back"
        : null;

    /// <summary>An entry, whatever configuration it was obtained for; null where the file is not one that can be read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isUsable">Whether what it holds may be a credential.</param>
    public Credential? TryRead(string path, out bool isUsable)
    {
        FileContent file = PrivateFile.Read(path, LargestEntry);
        Credential? entry = file.Status == ReadStatus.Read && Credential.TryRead(file.Content, out Credential? read, out _) ? read : null;
        isUsable = entry is not null && WhyUnusable(entry) is null;
        return entry;
    }

    /// <summary>Removes what is there. The caller holds the key's lock.</summary>
    public void Remove(CacheKey key) => _ = Libc.Unlink(PathOf(key));

    /// <summary>Whether a newer version wrote what is there: it is left alone.</summary>
    public bool IsOfNewerVersion(CacheKey key)
    {
        FileContent file = PrivateFile.Read(PathOf(key), LargestEntry);
        return file.Status == ReadStatus.Read && !Credential.TryRead(file.Content, out _, out SchemaProblems problems) && NewerVersion.Wrote(problems);
    }

    /// <exception cref="IOException">It could not be written; what was there stands.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public void Write(CacheKey key, Credential credential) => PrivateFile.Replace(PathOf(key), (credential with { Key = key.Text }).ToUtf8Json());
}
