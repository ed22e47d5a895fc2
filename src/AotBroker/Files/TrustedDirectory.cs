using AotBroker.Interop;

namespace AotBroker.Files;

/// <summary>Opens a directory and says whether it is to be trusted: what is asked is the open directory, not its name.</summary>
internal static class TrustedDirectory
{
    /// <summary>What is said where a link or a file has the directory's name.</summary>
    public const string NotADirectory = "it is a link, or not a directory";

    /// <summary>Opens it, if it is to be trusted.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="trust">What it has to be.</param>
    /// <param name="reason">Why it was not opened, as a sentence or the system's words.</param>
    /// <returns>The descriptor, which the caller closes; negative where it was not opened.</returns>
    public static int Open(string path, Trust trust, out string? reason)
    {
        int descriptor = trust.FollowsLinks ? Libc.OpenToRead(path, followLinks: true) : Libc.OpenDirectory(path);
        if (descriptor < 0)
        {
            reason = -descriptor == Libc.ErrorLoop || -descriptor == Libc.ErrorNotDirectory ? NotADirectory : Libc.Describe(-descriptor);
            return descriptor;
        }
        int error = Libc.GetStatus(descriptor, out FileStatus status);
        reason = error != 0 ? Libc.Describe(error) : trust.WhyNotDirectory(status);
        if (reason is not null)
        {
            Libc.Close(descriptor);
            return -1;
        }
        return descriptor;
    }

    /// <summary>Why a directory is not to be trusted; null where it is.</summary>
    public static string? WhyNot(string path, Trust trust)
    {
        int descriptor = Open(path, trust, out string? reason);
        if (descriptor >= 0)
        {
            Libc.Close(descriptor);
        }
        return reason;
    }
}
