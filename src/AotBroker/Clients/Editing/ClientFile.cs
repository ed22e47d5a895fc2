using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Interop;

namespace AotBroker.Clients.Editing;

/// <summary>What became of a client's file.</summary>
internal enum FileState
{
    /// <summary>It has what it needs, and was not touched.</summary>
    Kept,

    /// <summary>It was replaced, or made.</summary>
    Written,

    /// <summary>It was left as it is.</summary>
    Refused,
}

/// <summary>
/// Changes a file of the user's that other programs read and write too: as a whole, by rename, in its own directory, with
/// the mode that it has. A link is followed, so that it still leads there; what belongs to another user is not touched.
/// </summary>
/// <remarks>
/// <c>FILE.lock</c> is made exclusively, filled, and renamed: as git and kubectl lock these files, so that no lines
/// are lost, be they this program's or theirs.
/// </remarks>
internal static class ClientFile
{
    private const int Limit = 1024 * 1024;
    private const uint Permissions = 0xFFF;
    private const string LockEnding = ".lock";

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    /// <param name="path">Absolute.</param>
    /// <param name="edit">What the content becomes; it may be asked twice.</param>
    /// <param name="attempts">How often to look whether another program has written, 50 times a second.</param>
    /// <returns>What became of it, and the reason if it was refused.</returns>
    public static (FileState State, string? Reason) Change(string path, Func<string, FileEdit> edit, int attempts = 500)
    {
        try
        {
            Libc.HoldStandardStreams();
            path = Resolve(path);
            if (Read(path, edit, out _) is { State: not FileState.Written } done)
            {
                return (done.State, done.Reason);
            }
            string directory = Path.GetDirectoryName(path)!;
            MakePrivate(directory);
            if (TrustedDirectory.WhyNot(directory, Trust.Edited) is { } reason)
            {
                throw new IOException($"its directory cannot be trusted: {reason}");
            }
            int descriptor = Lock(path + LockEnding, attempts);
            try
            {
                return Replace(path, edit, descriptor);
            }
            finally
            {
                Libc.Close(descriptor);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (FileState.Refused, FileSystemReason.Of(error));
        }
        catch (OutOfMemoryException)
        {
            return (FileState.Refused, "it is too large to parse");
        }
    }

    private static (FileState State, string? Reason) Replace(string path, Func<string, FileEdit> edit, int descriptor)
    {
        bool isDone = false;
        try
        {
            // It may be another file by now, which has what another process wrote meanwhile.
            (FileState state, string? reason, string? text) = Read(path, edit, out uint? mode);
            if (state == FileState.Written)
            {
                Libc.IgnoreFileSizeSignal();
                ThrowIfFailed(Libc.WriteAll(descriptor, OctetText.Write(text!)), path);
                ThrowIfFailed(mode is { } kept ? Libc.SetMode(descriptor, kept) : 0, path);
                ThrowIfFailed(Libc.Sync(descriptor), path);
                ThrowIfFailed(Libc.Rename(path + LockEnding, path), path);
                isDone = true;
                PrivateFile.SyncDirectory(Path.GetDirectoryName(path)!);
            }
            return (state, reason);
        }
        finally
        {
            if (!isDone)
            {
                _ = Libc.Unlink(path + LockEnding);
            }
        }
    }

    /// <summary>Reads the file, and asks what it is to become.</summary>
    private static (FileState State, string? Reason, string? Text) Read(string path, Func<string, FileEdit> edit, out uint? mode)
    {
        string text = ReadAll(path, out mode);
        FileEdit result = edit(text);
        return result.Refusal is { } refusal ? (FileState.Refused, refusal, null)
            : mode is not null && result.Text == text ? (FileState.Kept, null, null)
            : (FileState.Written, null, result.Text);
    }

    private static string ReadAll(string path, out uint? mode)
    {
        FileContent file = TrustedFile.Read(path, Trust.Edited, Limit);
        mode = file.Status == ReadStatus.Read ? file.File.Mode & Permissions : null;
        return file.Status switch
        {
            ReadStatus.Read => OctetText.Read(file.Content),
            ReadStatus.Missing when file.Error == Libc.ErrorNoEntry => "",
            ReadStatus.Missing => throw new IOException($"{path}: {Libc.Describe(file.Error)}"),
            _ => throw new IOException(file.Reason == TrustedFile.Link ? "it is a link to a file that does not exist" : file.Reason),
        };
    }

    /// <summary>The file that the path leads to, all links resolved; if it does not exist, those of its directory.</summary>
    private static string Resolve(string path)
    {
        string real = Libc.RealPath(path);
        return real != path || Path.GetDirectoryName(path) is not { } directory ? real : $"{Libc.RealPath(directory).TrimEnd('/')}/{Path.GetFileName(path)}";
    }

    /// <summary>What is missing is made, but not in another user's home: as root, with the environment of the user who called it.</summary>
    private static void MakePrivate(string directory)
    {
        string above = directory;
        while (!Path.Exists(above) && Path.GetDirectoryName(above) is { Length: > 0 } parent)
        {
            above = parent;
        }
        if (TrustedDirectory.WhyNot(above, Trust.Home) is { } reason)
        {
            throw new IOException($"{above}: {reason}");
        }
        int error = CacheDirectory.MakeWithParents(directory);
        if (error is not (0 or Libc.ErrorExists))
        {
            throw new IOException($"{directory}: {Libc.Describe(error)}");
        }
    }

    private static int Lock(string path, int attempts)
    {
        while (true)
        {
            int descriptor = Libc.CreatePrivateFile(path);
            if (descriptor >= 0)
            {
                return descriptor;
            }
            if (-descriptor != Libc.ErrorExists)
            {
                throw new IOException($"{path}: {Libc.Describe(-descriptor)}");
            }
            if (--attempts <= 0)
            {
                throw new IOException($"{path} exists: another program is writing, or was killed while it was; remove it if no such program runs");
            }
            Thread.Sleep(s_pause);
        }
    }

    private static void ThrowIfFailed(int error, string path)
    {
        if (error != 0)
        {
            throw new IOException($"{path}: {Libc.Describe(error)}");
        }
    }
}
