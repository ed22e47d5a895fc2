using AotBroker.Interop;

namespace AotBroker.Files;

/// <summary>Reads, and replaces as a whole, files that hold secrets: the owner's alone (0600), never through a link.</summary>
internal static class PrivateFile
{
    /// <summary>The content of a private file, or why it cannot be used.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The largest size, in bytes.</param>
    public static FileContent Read(string path, int limit) => TrustedFile.Read(path, Trust.Private, limit);

    /// <summary>
    /// Replaces a file as a whole: a reader, also after a crash at any instruction, sees the old content or
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
