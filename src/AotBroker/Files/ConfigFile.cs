using AotBroker.Errors;
using AotBroker.Interop;

namespace AotBroker.Files;

/// <summary>Reads files that people and images write: links are followed, but nobody else may be able to write them.</summary>
internal static class ConfigFile
{
    private const int Limit = 64 * 1024;

    /// <summary>The file's octets, or null where there is no such file.</summary>
    /// <exception cref="BrokerException">
    /// <see cref="ErrorCode.ProfileUnreadable"/>, or <see cref="ErrorCode.ProfileUnsafe"/> where another user could have
    /// written it.
    /// </exception>
    public static byte[]? TryRead(string path)
    {
        int descriptor = Libc.OpenToRead(path, followLinks: true);
        if (descriptor < 0)
        {
            return -descriptor is Libc.ErrorNoEntry or Libc.ErrorNotDirectory
                ? null
                : throw Unreadable(path, Libc.Describe(-descriptor));
        }
        try
        {
            int error = Libc.GetStatus(descriptor, out FileStatus status);
            if (error != 0)
            {
                throw Unreadable(path, Libc.Describe(error));
            }
            Check(path, status);
            return ReadAll(path, descriptor, (int)status.Size);
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    private static void Check(string path, in FileStatus status)
    {
        if (!status.IsRegularFile)
        {
            throw Unreadable(path, "it is not a regular file");
        }
        if (status.IsWritableByOthers)
        {
            throw new BrokerException(
                ErrorCode.ProfileUnsafe,
                $"{path} can be written by other users (mode {status.Permissions})",
                $"chmod go-w {path}");
        }
        if (status.Owner != 0 && status.Owner != Libc.GetEffectiveUserId())
        {
            throw new BrokerException(
                ErrorCode.ProfileUnsafe,
                $"{path} belongs to user {status.Owner}, who could change what this user presents its identity to",
                "make the file belong to this user or to root");
        }
        if (status.Size > Limit)
        {
            throw Unreadable(path, $"it is larger than {Limit} octets");
        }
    }

    private static byte[] ReadAll(string path, int descriptor, int size)
    {
        byte[] content = new byte[size];
        int length = 0;
        int count = 0;
        while (length < size && (count = Libc.Read(descriptor, content.AsSpan(length))) > 0)
        {
            length += count;
        }
        if (count < 0)
        {
            throw Unreadable(path, Libc.Describe(-count));
        }
        return length == size ? content : content[..length];
    }

    private static BrokerException Unreadable(string path, string reason) =>
        new(ErrorCode.ProfileUnreadable, $"cannot read {path}: {reason}", "the broker reads it as the user that runs it; check the file's owner and mode");
}
