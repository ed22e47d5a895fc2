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
        int descriptor = Libc.OpenDirectory(directory);
        if (descriptor < 0)
        {
            throw new IOException($"{directory}: {(-descriptor == Libc.ErrorLoop || -descriptor == Libc.ErrorNotDirectory ? "it is a link, or not a directory" : Libc.Describe(-descriptor))}");
        }
        int error = Libc.GetStatus(descriptor, out FileStatus status);
        Libc.Close(descriptor);
        if (error != 0 || status.Owner != Libc.GetEffectiveUserId() || status.IsWritableByOthers)
        {
            throw new IOException($"{directory}: {(error != 0 ? Libc.Describe(error) : $"it belongs to user {status.Owner} and its mode is {status.Permissions}; it must be this user's, and writable by nobody else")}");
        }
    }

    /// <summary>Whether this is the file system's, and so to be told as <see cref="ErrorCode.PublishFailed"/>.</summary>
    public static bool IsFileSystem(Exception error) => error is IOException or UnauthorizedAccessException;

    public static BrokerException Failed(Exception error) => new(
        ErrorCode.PublishFailed,
        $"the profile could not be published: {FileSystemReason.Of(error)}",
        $"name a directory of your own that can be written: for a command in {Variables.BrokerCacheDirectory}, else with --publish");
}
