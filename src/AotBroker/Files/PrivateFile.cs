using AotBroker.Interop;

namespace AotBroker.Files;

/// <summary>How reading a private file ended.</summary>
internal enum ReadStatus
{
    /// <summary>It was read.</summary>
    Read,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>It is there, and must not be believed: a link, not a file, another user's, open to others, too large.</summary>
    Untrusted,

    /// <summary>The system failed.</summary>
    Failed,
}

/// <summary>Reads, and replaces as a whole, files that hold secrets: the owner's alone (0600), never through a link.</summary>
internal static class PrivateFile
{
    /// <summary>The content of a private file, or why it is not to be had.</summary>
    internal readonly record struct ReadResult(ReadStatus Status, byte[] Buffer, int Length, string? Reason)
    {
        public ReadOnlySpan<byte> Content => Buffer.AsSpan(0, Length);

        /// <summary>When it was written, in Unix seconds; 0 where it could not be opened.</summary>
        public long ModifiedAt { get; init; }

        public static ReadResult Without(ReadStatus status, string? reason = null) => new(status, [], 0, reason);
    }

    /// <summary>Reads a file of at most <paramref name="limit"/> octets. What is checked is the open file, not its name.</summary>
    public static ReadResult Read(string path, int limit)
    {
        int descriptor = Libc.OpenToRead(path, followLinks: false);
        if (descriptor < 0)
        {
            return NotOpened(-descriptor);
        }
        try
        {
            int error = Libc.GetStatus(descriptor, out FileStatus status);
            if (error != 0)
            {
                return ReadResult.Without(ReadStatus.Failed, Libc.Describe(error));
            }
            ReadResult result = WhyUntrusted(status, limit) is { } reason
                ? ReadResult.Without(ReadStatus.Untrusted, reason)
                : ReadAll(descriptor, (int)status.Size);
            return result with { ModifiedAt = status.ModifiedAt };
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    private static ReadResult NotOpened(int error)
    {
        if (error is Libc.ErrorNoEntry or Libc.ErrorNotDirectory)
        {
            return ReadResult.Without(ReadStatus.Missing);
        }
        return error == Libc.ErrorLoop
            ? ReadResult.Without(ReadStatus.Untrusted, "it is a link")
            : ReadResult.Without(ReadStatus.Failed, Libc.Describe(error));
    }

    private static string? WhyUntrusted(in FileStatus status, int limit)
    {
        if (!status.IsRegularFile)
        {
            return status.IsDirectory ? "it is a directory" : "it is not a regular file";
        }
        if (status.Owner != Libc.GetEffectiveUserId())
        {
            return $"it belongs to user {status.Owner}";
        }
        if (!status.IsOwnerOnly)
        {
            return $"its mode is {status.Permissions}, open to others";
        }
        return status.Size > limit ? $"it is larger than {limit} octets" : null;
    }

    private static ReadResult ReadAll(int descriptor, int size)
    {
        byte[] buffer = new byte[size];
        int length = 0;
        while (length < size)
        {
            int count = Libc.Read(descriptor, buffer.AsSpan(length));
            if (count < 0)
            {
                return ReadResult.Without(ReadStatus.Failed, Libc.Describe(-count));
            }
            if (count == 0)
            {
                break;
            }
            length += count;
        }
        return new ReadResult(ReadStatus.Read, buffer, length, null);
    }

    /// <summary>
    /// Replaces a file as a whole: whoever reads meanwhile, or after a crash at any instruction, sees the old content or
    /// the new one. The caller holds the lock that guards the file, so the temporary name can be the same every time, and
    /// what a killed process left there is removed by the next one that writes.
    /// </summary>
    /// <exception cref="IOException">The system failed; the old content stands.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content) => Replace(path, content, path + ".tmp");

    /// <summary>The same, with a temporary name in the same directory that no other process uses meanwhile.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content, string temporary)
    {
        ThrowIfFailed(Libc.Unlink(temporary), temporary, except: Libc.ErrorNoEntry);
        try
        {
            WriteNew(temporary, content);
            ThrowIfFailed(Libc.Rename(temporary, path), path);
        }
        catch
        {
            _ = Libc.Unlink(temporary);
            throw;
        }
    }

    /// <summary>
    /// Makes a file whose being there is what counts: without its content, where that finds no space. An empty one needs none.
    /// </summary>
    /// <exception cref="IOException">Not even that could be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static void MakeNew(string path, ReadOnlySpan<byte> content)
    {
        ThrowIfFailed(Libc.Unlink(path), path, except: Libc.ErrorNoEntry);
        try
        {
            WriteNew(path, content);
        }
        catch (IOException)
        {
            _ = Libc.Unlink(path);
            WriteNew(path, default);
        }
    }

    private static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        Libc.IgnoreFileSizeSignal();
        int descriptor = Libc.CreatePrivateFile(path);
        ThrowIfFailed(descriptor < 0 ? -descriptor : 0, path);
        try
        {
            ThrowIfFailed(Libc.WriteAll(descriptor, content), path);
            ThrowIfFailed(Libc.Sync(descriptor), path);
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    /// <summary>Makes a rename in the directory outlast a power cut, where the file system can.</summary>
    public static void SyncDirectory(string path)
    {
        int descriptor = Libc.OpenDirectory(path);
        if (descriptor >= 0)
        {
            _ = Libc.Sync(descriptor);
            Libc.Close(descriptor);
        }
    }

    private static void ThrowIfFailed(int error, string path, int except = 0)
    {
        if (error != 0 && error != except)
        {
            throw new IOException($"{path}: {Libc.Describe(error)}");
        }
    }
}
