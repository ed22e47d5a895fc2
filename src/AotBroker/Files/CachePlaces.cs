using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Files;

/// <summary>
/// The places where the cache may be, in the order of docs/configuration.md. A place counts that is there and is this
/// user's alone, or that can be made where this user's files belong: all processes of the user find the same one.
/// </summary>
internal sealed class CachePlaces(ProcessEnvironment environment)
{
    private readonly List<SkippedPlace> _passedOver = [];
    private int _next;

    /// <summary>A place, and why it was not taken.</summary>
    internal sealed record SkippedPlace(string Path, string Origin, string Reason)
    {
        /// <summary>A user chose this place, or put something there: it is worth a warning.</summary>
        public bool IsUnexpected { get; init; }
    }

    /// <summary>A place that may be taken.</summary>
    /// <param name="Path">The directory.</param>
    /// <param name="Origin">What decided it.</param>
    /// <param name="Below">The directory that must be there already: a home is not made. Null where all of it may be made.</param>
    internal sealed record Place(string Path, string Origin, string? Below)
    {
        /// <summary>A user who names a place may have it made in another user's directory.</summary>
        public bool IsChosen => Origin == Variables.BrokerCacheDirectory;

        /// <summary>Whether others make files beside it.</summary>
        public bool IsShared { get; init; }
    }

    /// <summary>What was not taken so far, in order.</summary>
    public IReadOnlyList<SkippedPlace> NotTaken => _passedOver;

    /// <summary>The next place that is there, or that can most likely be made; null where there is none left.</summary>
    public Place? Next()
    {
        const int Count = 9;
        while (_next < Count)
        {
            if (At(_next++) is not { } place)
            {
                continue;
            }
            int error = Libc.GetStatus(place.Path, followLink: false, out FileStatus status);
            if (error != Libc.ErrorNoEntry)
            {
                if ((error != 0 ? Libc.Describe(error) : Trust.Private.WhyNotDirectory(status)) is not { } reason)
                {
                    return place;
                }
                // In another user's home, or a job's directory, what is that user's is as it should be.
                PassOver(place, reason, isUnexpected: error == 0 && (place.IsShared || status.Owner == Libc.GetEffectiveUserId()));
                SkipBelow(place, isMount: error == 0 && status.IsDirectory && (status.Owner == 0 || status.Owner == Libc.GetEffectiveUserId()));
                continue;
            }
            if (WhyNotMade(place) is not { } obstacle)
            {
                return place;
            }
            PassOver(place, obstacle);
            SkipBelow(place, isMount: false);
        }
        return null;
    }

    /// <summary>Notes that a place which <see cref="Next"/> gave could not be used after all.</summary>
    public void PassOver(Place place, string reason, bool isUnexpected = false) =>
        _passedOver.Add(new SkippedPlace(place.Path, place.Origin, reason) { IsUnexpected = isUnexpected || place.IsChosen });

    private Place? At(int index) => index switch
    {
        0 => environment.Get(Variables.BrokerCacheDirectory) is { } chosen ? new Place(Trimmed(environment.Absolute(chosen)), Variables.BrokerCacheDirectory, null) : null,
        1 => environment.Get(Variables.BrokerCacheDirectory) is { } mount ? Private(environment.Absolute(mount), Variables.BrokerCacheDirectory) : null,
        2 => In(Variables.RunnerTemp, "aotbroker"),
        3 => In(Variables.XdgRuntimeDirectory, "aotbroker"),
        4 => In(Variables.XdgCacheHome, "aotbroker", mayBeMade: true),
        5 => In(Variables.Home, ".cache/aotbroker"),
        6 => Private(environment.SharedMemory, "shared memory"),
        7 => Parent(Variables.TemporaryDirectory) is { } temporary ? Private(temporary, Variables.TemporaryDirectory) : null,
        _ => Private(environment.SystemTemporary, "the system's temporary directory"),
    };

    /// <summary>A relative path would be another place for each working directory, so that only a chosen one may be.</summary>
    private Place? In(string variable, string name, bool mayBeMade = false) =>
        Parent(variable) is { } parent ? new Place($"{parent.TrimEnd('/')}/{name}", variable, mayBeMade ? null : parent) : null;

    private string? Parent(string variable)
    {
        if (environment.Get(variable) is not { } parent)
        {
            return null;
        }
        if (parent.StartsWith('/'))
        {
            return parent;
        }
        _passedOver.Add(new SkippedPlace(parent, variable, "it is a relative path"));
        return null;
    }

    private static Place Private(string parent, string origin) =>
        new($"{parent.TrimEnd('/')}/{Product.Name}-{Libc.GetEffectiveUserId()}", origin, parent) { IsShared = true };

    // With it, a link would be followed.
    private static string Trimmed(string path) => path.TrimEnd('/') is { Length: > 0 } trimmed ? trimmed : "/";

    /// <summary>
    /// A directory below the chosen one is a place only where that is a directory which others share, such as the mount
    /// point of a volume: the system's or this user's, and not behind a link.
    /// </summary>
    private void SkipBelow(Place place, bool isMount)
    {
        if (place.IsChosen && place.Below is null)
        {
            if (isMount)
            {
                _passedOver.Clear(); // It is no fault.
            }
            else
            {
                _next++;
            }
        }
    }

    private static string? WhyNotMade(Place place)
    {
        string parent = place.Path;
        FileStatus status;
        do
        {
            parent = Path.GetDirectoryName(parent) ?? "/";
            int error = Libc.GetStatus(parent, followLink: true, out status);
            if (error == 0)
            {
                break;
            }
            if (error != Libc.ErrorNoEntry || Libc.GetStatus(parent, followLink: false, out _) == 0)
            {
                return $"{parent}: {Libc.Describe(error)}";
            }
            if (parent.Length <= place.Below?.TrimEnd('/').Length)
            {
                return $"{parent} does not exist";
            }
        }
        while (true);
        if (!status.IsDirectory)
        {
            return $"{parent} is not a directory";
        }
        // Another user's home keeps its owner's files alone: sudo -E hands it over in HOME.
        if (status.Owner != Libc.GetEffectiveUserId() && !status.IsSticky && !place.IsChosen)
        {
            return $"{parent} belongs to user {status.Owner}";
        }
        int refused = Libc.WhyNotWritable(parent);
        return refused == 0 ? null : $"{parent}: {Libc.Describe(refused)}";
    }
}
