using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>Which files of the cache `clear` removes: credentials and remembered failures, of one profile or of all.</summary>
internal sealed class ClearedEntries
{
    private const string RefusalEnding = ".refusal.json";
    private const string RecordPrefix = "presented-";
    private const int FingerprintLength = 32;

    private readonly string? _name;
    private readonly FederatedProfile? _profile;
    private readonly HashSet<string> _keys = [];
    private readonly CacheEntries _entries;

    /// <param name="name">The profile's name; null for all profiles.</param>
    /// <param name="option">The profile as the caller named it, to find its settings.</param>
    /// <param name="directory">The cache.</param>
    /// <param name="environment">The variables.</param>
    public ClearedEntries(string? name, string? option, CacheDirectory directory, ProcessEnvironment environment)
    {
        _name = name;
        _entries = new CacheEntries(directory, environment);
        if (name is null)
        {
            return;
        }
        _profile = Try(() => ProfileResolver.ResolveExchange(option, environment) as FederatedProfile);
        // If the identity cannot be seen, this means what any workload obtained with these settings.
        if (Try(() => ProfileResolver.Resolve(option, environment) as FederatedProfile) is { } profile && Try(() => CacheKey.Of(profile)) is { } key)
        {
            _keys.Add(key.Text);
            _ = CacheKey.OfJob(profile) is { } job && _keys.Add(job.Text);
        }
    }

    /// <summary>What was obtained under the profile's name is cleared even if the profile can no longer be read.</summary>
    private static T? Try<T>(Func<T?> find)
        where T : class
    {
        try
        {
            return find();
        }
        catch (BrokerException)
        {
            return null;
        }
    }

    /// <param name="path">A file of the cache.</param>
    /// <param name="isCredential">Whether it is a credential, and not a remembered failure.</param>
    public bool Contain(string path, out bool isCredential)
    {
        isCredential = !path.EndsWith(RefusalEnding, StringComparison.Ordinal);
        if (!HasEntryName(Path.GetFileName(path)))
        {
            return false;
        }
        if (_name is null)
        {
            return true;
        }
        if (isCredential)
        {
            return _entries.TryRead(path, out _) is { Key: { } key } entry && (entry.Profile == _name || IsOfProfile(key));
        }
        FileContent file = PrivateFile.Read(path, 64 * 1024);
        return file.Status == ReadStatus.Read && Refusal.TryRead(file.Content, out Refusal? refusal, out _) && IsOfProfile(refusal.Key);
    }

    /// <summary>Profiles of other names that have the same settings share the entry.</summary>
    private bool IsOfProfile(string key) => _keys.Count > 0 ? _keys.Contains(key) : _profile is not null && CacheKey.IsForSettings(_profile, key);

    /// <summary>Whether it is named <c>KIND-FINGERPRINT.json</c> or <c>KIND-FINGERPRINT.refusal.json</c>.</summary>
    private static bool HasEntryName(string file)
    {
        ReadOnlySpan<char> stem = file.AsSpan(0, file.Length - (file.EndsWith(RefusalEnding, StringComparison.Ordinal) ? RefusalEnding : ".json").Length);
        int dash = stem.Length - FingerprintLength - 1;
        return dash > 0 && stem[dash] == '-' && !stem[(dash + 1)..].ContainsAnyExcept("0123456789abcdef") && !stem.StartsWith(RecordPrefix, StringComparison.Ordinal);
    }
}
