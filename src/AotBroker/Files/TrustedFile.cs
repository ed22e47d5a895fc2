using AotBroker.Interop;

namespace AotBroker.Files;

/// <summary>How reading a file ended.</summary>
internal enum ReadStatus
{
    /// <summary>It was read.</summary>
    Read,

    /// <summary>There is no such file.</summary>
    Missing,

    /// <summary>It is there, but must not be trusted; see <see cref="FileContent.Doubt"/>.</summary>
    Untrusted,

    /// <summary>The system failed.</summary>
    Failed,
}

/// <summary>A file's content, or why it cannot be used.</summary>
internal readonly record struct FileContent(ReadStatus Status, byte[] Buffer, int Length, string? Reason)
{
    public ReadOnlySpan<byte> Content => Buffer.AsSpan(0, Length);

    /// <summary>The content in an array of its own length.</summary>
    public byte[] ToArray() => Length == Buffer.Length ? Buffer : Buffer[..Length];

    /// <summary>What the kernel said of the open file; the default where it could not be opened.</summary>
    public FileStatus File { get; init; }

    /// <summary>When it was written, in Unix seconds; 0 where it could not be opened.</summary>
    public long ModifiedAt => File.ModifiedAt;

    /// <summary>Why it is not trusted.</summary>
    public Doubt Doubt { get; init; }

    /// <summary>The system's error number, where the system failed or there is no such file.</summary>
    public int Error { get; init; }
}

/// <summary>
/// Opens a file, asks the open file (not its name) whether it is to be trusted, and reads it. Nothing else in the program
/// reads a file whose content decides anything.
/// </summary>
internal static class TrustedFile
{
    /// <summary>What is said of a link where none is followed.</summary>
    public const string Link = "it is a link";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trust">What it has to be.</param>
    /// <param name="limit">The largest size, in bytes.</param>
    public static FileContent Read(string path, Trust trust, int limit)
    {
        int descriptor = Libc.OpenToRead(path, trust.FollowsLinks);
        if (descriptor < 0)
        {
            return NotOpened(-descriptor);
        }
        try
        {
            int error = Libc.GetStatus(descriptor, out FileStatus status);
            if (error != 0)
            {
                return Failed(error);
            }
            Doubt doubt = trust.OfFile(status);
            return (doubt != Doubt.None ? Untrusted(doubt, trust.Describe(doubt, status))
                : status.Size > limit ? TooLarge(limit)
                : trust.IsReadToEnd ? ReadToEnd(descriptor, status.Size, limit)
                : ReadSize(descriptor, (int)status.Size)) with
            { File = status };
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    private static FileContent NotOpened(int error) =>
        error is Libc.ErrorNoEntry or Libc.ErrorNotDirectory ? new(ReadStatus.Missing, [], 0, null) { Error = error }
        : error == Libc.ErrorLoop ? Untrusted(Doubt.Kind, Link)
        : Failed(error);

    private static FileContent Failed(int error) => new(ReadStatus.Failed, [], 0, Libc.Describe(error)) { Error = error };

    private static FileContent Untrusted(Doubt doubt, string? reason) => new(ReadStatus.Untrusted, [], 0, reason) { Doubt = doubt };

    private static FileContent TooLarge(int limit) => Untrusted(Doubt.Size, $"it is larger than {limit} bytes");

    private static FileContent ReadSize(int descriptor, int size)
    {
        byte[] buffer = new byte[size];
        int length = 0;
        while (length < size)
        {
            int count = Libc.Read(descriptor, buffer.AsSpan(length));
            if (count < 0)
            {
                return Failed(-count);
            }
            if (count == 0)
            {
                break;
            }
            length += count;
        }
        return new FileContent(ReadStatus.Read, buffer, length, null);
    }

    private static FileContent ReadToEnd(int descriptor, long size, int limit)
    {
        // One byte more than it has, so that its end is seen without a larger buffer.
        byte[] buffer = new byte[Math.Clamp(size + 1, Math.Min(4096, limit + 1), limit + 1)];
        int length = 0;
        while (true)
        {
            int count = Libc.Read(descriptor, buffer.AsSpan(length));
            if (count < 0)
            {
                return Failed(-count);
            }
            if (count == 0)
            {
                return new FileContent(ReadStatus.Read, buffer, length, null);
            }
            length += count;
            if (length > limit)
            {
                return TooLarge(limit);
            }
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min(2L * length, limit + 1L));
            }
        }
    }
}
