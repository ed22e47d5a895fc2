using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Settings;

namespace AotBroker.Files;

/// <summary>Directories that hold credentials, or are about to.</summary>
internal static class PrivateDirectory
{
    /// <summary>Makes a directory, and those above it, that only the owner may enter; or takes the one that is there, if it is this user's.</summary>
    /// <exception cref="IOException">Something else is there, such as a link.</exception>
    public static string Make(string directory)
    {
        int error = CacheDirectory.MakeWithParents(directory);
        if (error is not (0 or Libc.ErrorExists))
        {
            throw new IOException($"{directory}: {Libc.Describe(error)}");
        }
        RequireOwn(directory);
        return directory;
    }

    /// <summary>What is written into a directory, or removed from it, is so in that very one: not behind a link, nor in another user's.</summary>
    /// <exception cref="IOException">It is not this user's directory.</exception>
    public static void RequireOwn(string directory)
    {
        if (TrustedDirectory.WhyNot(directory, Trust.Own) is { } reason)
        {
            throw new IOException($"{directory}: {reason}; it must be a directory of this user that no other user can write to");
        }
    }

    /// <summary>Whether this is the file system's, and so to be told as <see cref="ErrorCode.PublishFailed"/>.</summary>
    public static bool IsFileSystem(Exception error) => error is IOException or UnauthorizedAccessException;

    public static BrokerException Failed(Exception error) => new(
        ErrorCode.PublishFailed,
        $"the profile could not be published: {FileSystemReason.Of(error)}",
        $"name a writable directory of your own: for a command in {Variables.BrokerCacheDirectory}, else with --publish");
}
