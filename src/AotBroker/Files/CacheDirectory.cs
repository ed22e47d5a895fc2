using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Files;

/// <summary>Where credentials, locks and records are kept: a directory that only its owner may enter.</summary>
internal sealed class CacheDirectory
{
    private readonly CachePlaces _places;
    private CachePlaces.Place? _place;
    private bool _isPrepared;

    private CacheDirectory(CachePlaces places)
    {
        _places = places;
        _place = places.Next();
    }

    /// <summary>
    /// The first place that can be used, as it looks now: nothing is made. Processes that have the same variables look at
    /// the same places in the same order, so that they come to the same one: in two places they would exchange twice.
    /// </summary>
    public static CacheDirectory Of(ProcessEnvironment environment) => new(new CachePlaces(environment));

    /// <summary>The directory. Where no place can be used, one where nothing can be.</summary>
    public string Path => _place?.Path ?? "/dev/null";

    /// <summary>What decided it.</summary>
    public string Origin => _place?.Origin ?? "no place can be used";

    /// <summary>The places before it that cannot be used, and why.</summary>
    public IReadOnlyList<CachePlaces.SkippedPlace> PassedOver => _places.NotTaken;

    public string File(string name) => $"{Path}/{name}";

    /// <summary>
    /// Makes the directory if it is not there, and checks that it is this user's alone. Where that cannot be, as on a disk
    /// that is full, the next place is taken, and <see cref="Path"/> changes; but never after it has succeeded once.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.CacheUnusable"/>: no place can be used.</exception>
    public void Prepare()
    {
        while (_place is { } place)
        {
            if (WhyNotPrepared(place.Path) is not { } reason)
            {
                _isPrepared = true;
                return;
            }
            if (_isPrepared)
            {
                throw new BrokerException(ErrorCode.CacheUnusable, $"the cache directory {place.Path} (from {place.Origin}) can no longer be used: {reason}");
            }
            _places.PassOver(place, reason, isUnexpected: true);
            _place = _places.Next();
        }
        throw Unusable();
    }

    /// <summary>A warning about a place that should have been usable; null if there is none.</summary>
    public BrokerException? Surprise()
    {
        foreach (CachePlaces.SkippedPlace other in PassedOver)
        {
            if (other.IsUnexpected)
            {
                return new BrokerException(
                    ErrorCode.CacheUnusable,
                    $"the cache directory {other.Path} (from {other.Origin}) cannot be used: {other.Reason}; {Path} is used instead",
                    $"processes that find {other.Path} usable do not share with this one: make it usable for all, or name another directory in {Variables.BrokerCacheDirectory}");
            }
        }
        return null;
    }

    /// <summary>No place can be used, and why.</summary>
    public BrokerException Unusable()
    {
        List<string> hints = [];
        foreach (CachePlaces.SkippedPlace other in PassedOver)
        {
            hints.Add($"{other.Path} (from {other.Origin}): {other.Reason}");
        }
        return new BrokerException(
            ErrorCode.CacheUnusable,
            "there is no place for a cache: every process exchanges by itself, and a token that may be presented once serves only one of them",
            [.. hints, $"set {Variables.BrokerCacheDirectory} to a writable directory, such as a volume or a tmpfs that the processes share"]);
    }

    /// <summary>Whether there is a place, as it looks.</summary>
    public bool IsUsable => _place is not null;

    private static string? WhyNotPrepared(string path)
    {
        int error = MakeWithParents(path);
        if (error is not (0 or Libc.ErrorExists))
        {
            return Libc.Describe(error);
        }
        if (TrustedDirectory.WhyNot(path, Trust.Private) is { } reason)
        {
            return reason;
        }
        error = Libc.WhyNotWritable(path);
        return error == 0 ? null : Libc.Describe(error);
    }

    /// <summary>Makes a directory, and those above it that are missing, for their owner alone.</summary>
    /// <returns>0, or the error number.</returns>
    public static int MakeWithParents(string path)
    {
        int error = Libc.MakePrivateDirectory(path);
        if (error != Libc.ErrorNoEntry || System.IO.Path.GetDirectoryName(path) is not { Length: > 1 } parent)
        {
            return error;
        }
        // ~/.cache itself may be missing in an image; what we make on the way is private too.
        error = MakeWithParents(parent);
        return error is 0 or Libc.ErrorExists ? Libc.MakePrivateDirectory(path) : error;
    }
}
