using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Profiles;

namespace AotBroker.Store;

/// <summary>Where credentials, locks and records are kept: a directory that only its owner may enter.</summary>
/// <param name="Path">The directory.</param>
/// <param name="Origin">What decided it.</param>
internal sealed record CacheDirectory(string Path, string Origin)
{
    private const string SystemTemporary = "/tmp";

    /// <summary>
    /// The first that is set of <c>AOTBROKER_CACHE_DIR</c>, <c>RUNNER_TEMP</c>, <c>XDG_RUNTIME_DIR</c> (which is in memory),
    /// <c>XDG_CACHE_HOME</c> and <c>HOME</c>; else one in the system's temporary directory, named after the user. One place
    /// and no second choice: two processes that looked in two places would exchange twice.
    /// </summary>
    public static CacheDirectory Of(ProcessEnvironment environment)
    {
        if (environment.Get(Variables.BrokerCacheDirectory) is { } chosen)
        {
            return new CacheDirectory(WithoutSlash(environment.Absolute(chosen)), Variables.BrokerCacheDirectory);
        }
        return Below(Variables.RunnerTemp, "/aotbroker", environment)
            ?? Below(Variables.XdgRuntimeDirectory, "/aotbroker", environment)
            ?? Below(Variables.XdgCacheHome, "/aotbroker", environment)
            ?? Below(Variables.Home, "/.cache/aotbroker", environment)
            ?? Temporary(environment);
    }

    private static CacheDirectory? Below(string variable, string name, ProcessEnvironment environment) =>
        environment.Get(variable) is { } parent ? new CacheDirectory(environment.Absolute(parent) + name, variable) : null;

    private static CacheDirectory Temporary(ProcessEnvironment environment)
    {
        string parent = environment.Get(Variables.TemporaryDirectory) is { } temporary ? environment.Absolute(temporary) : SystemTemporary;
        return new CacheDirectory($"{parent.TrimEnd('/')}/aotbroker-{Libc.GetEffectiveUserId()}", "the system's temporary directory");
    }

    // With it, a link would be followed.
    private static string WithoutSlash(string path) => path.Length > 1 ? path.TrimEnd('/') : path;

    public string File(string name) => $"{Path}/{name}";

    /// <summary>Makes the directory if it is not there, and checks that it is this user's alone.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.CacheUnusable"/>.</exception>
    public void Prepare()
    {
        int error = MakeWithParents(Path);
        if (error is not (0 or Libc.ErrorExists))
        {
            throw Unusable(Libc.Describe(error));
        }
        int descriptor = Libc.OpenDirectory(Path);
        if (descriptor < 0)
        {
            throw Unusable(-descriptor == Libc.ErrorLoop || -descriptor == Libc.ErrorNotDirectory ? "it is a link, or not a directory" : Libc.Describe(-descriptor));
        }
        try
        {
            error = Libc.GetStatus(descriptor, out FileStatus status);
            if (error != 0)
            {
                throw Unusable(Libc.Describe(error));
            }
            if (status.Owner != Libc.GetEffectiveUserId())
            {
                throw Unusable($"it belongs to user {status.Owner}");
            }
            if (!status.IsOwnerOnly)
            {
                throw Unusable($"its mode is {status.Permissions}, open to others", $"chmod 0700 {Path}");
            }
        }
        finally
        {
            Libc.Close(descriptor);
        }
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

    private BrokerException Unusable(string reason, params string[] hints) => new(
        ErrorCode.CacheUnusable,
        $"the cache directory {Path} (from {Origin}) cannot be used: {reason}",
        [.. hints, $"name a directory of your own that is writable and private in {Variables.BrokerCacheDirectory}", "without a cache, every process exchanges by itself, and a token that may be presented once serves one of them"]);
}
