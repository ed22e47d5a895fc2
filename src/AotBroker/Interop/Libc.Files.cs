using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>Open files: each call is one on a descriptor, or leads to one.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    private static partial int OpenFile(byte* path, int flags);

    // Linux alone: there, a variable argument that is an integer is passed as any other.
    [LibraryImport(Library, EntryPoint = "open", SetLastError = true)]
    private static partial int OpenNewFileLinux(byte* path, int flags, uint mode);

    [LibraryImport(Library, EntryPoint = "close")]
    private static partial int CloseFile(int descriptor);

    [LibraryImport(Library, EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadFile(int descriptor, byte* buffer, nint count);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteFile(int descriptor, byte* buffer, nint count);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    private static partial int LockFile(int descriptor, int operation);

    [LibraryImport(Library, EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncFile(int descriptor);

    [LibraryImport(Library, EntryPoint = "fchmod", SetLastError = true)]
    private static partial int ChangeMode(int descriptor, uint mode);

    /// <summary>Opens a file for reading. Never blocks on a FIFO, and never passes the descriptor on to a child.</summary>
    /// <returns>The descriptor, or the negated error number.</returns>
    public static int OpenToRead(string path, bool followLinks)
    {
        int flags = OpenFlags.CloseOnExec | OpenFlags.NonBlocking | (followLinks ? 0 : OpenFlags.NoFollow);
        return Open(path, flags);
    }

    /// <summary>Opens an existing file to lock it, without following a link.</summary>
    /// <returns>The descriptor, or the negated error number.</returns>
    public static int OpenToLock(string path) =>
        Open(path, OpenFlags.ReadWrite | OpenFlags.CloseOnExec | OpenFlags.NonBlocking | OpenFlags.NoFollow);

    /// <summary>Creates a new file that only its owner may read, for writing. It follows no link and replaces nothing.</summary>
    /// <returns>The descriptor, or the negated error number.</returns>
    /// <exception cref="IOException">macOS: it cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">macOS: the directory cannot be written.</exception>
    public static int CreatePrivateFile(string path)
    {
        const uint OwnerOnly = 0x180; // 0600
        if (OperatingSystem.IsMacOS())
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = (UnixFileMode)OwnerOnly,
            };
            new FileStream(path, options).Dispose();
            return OpenToLock(path);
        }
        fixed (byte* name = ZeroTerminated(path))
        {
            int descriptor;
            do
            {
                descriptor = OpenNewFileLinux(name, OpenFlags.WriteNewLinux | OpenFlags.CloseOnExec | OpenFlags.NoFollow, OwnerOnly);
            }
            while (descriptor < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted);
            return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Appends to an existing file, in one write, without following a link.</summary>
    /// <returns>0, or the error number.</returns>
    public static int AppendTo(string path, ReadOnlySpan<byte> data)
    {
        int descriptor = Open(path, OpenFlags.WriteOnly | OpenFlags.Append | OpenFlags.CloseOnExec | OpenFlags.NonBlocking | OpenFlags.NoFollow);
        if (descriptor < 0)
        {
            return -descriptor;
        }
        try
        {
            return WriteAll(descriptor, data);
        }
        finally
        {
            Close(descriptor);
        }
    }

    /// <summary>Opens a directory, to look at it or to sync it.</summary>
    /// <returns>The descriptor, or the negated error number.</returns>
    public static int OpenDirectory(string path) =>
        Open(path, OpenFlags.Directory | OpenFlags.CloseOnExec | OpenFlags.NoFollow);

    private static int Open(string path, int flags)
    {
        fixed (byte* name = ZeroTerminated(path))
        {
            int descriptor;
            do
            {
                descriptor = OpenFile(name, flags);
            }
            while (descriptor < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted);
            return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
        }
    }

    public static void Close(int descriptor) => _ = CloseFile(descriptor);

    /// <summary>Reads once.</summary>
    /// <returns>The number of bytes, 0 at the end, or the negated error number.</returns>
    public static int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint count;
            do
            {
                count = ReadFile(descriptor, start, buffer.Length);
            }
            while (count < 0 && Marshal.GetLastPInvokeError() == ErrorInterrupted);
            return count >= 0 ? (int)count : -Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Writes all of it.</summary>
    /// <returns>0, or the error number.</returns>
    public static int WriteAll(int descriptor, ReadOnlySpan<byte> data)
    {
        fixed (byte* start = data)
        {
            int done = 0;
            while (done < data.Length)
            {
                nint count = WriteFile(descriptor, start + done, data.Length - done);
                if (count >= 0)
                {
                    done += (int)count;
                    continue;
                }
                int error = Marshal.GetLastPInvokeError();
                if (error == ErrorWouldBlock)
                {
                    // The caller passed a non-blocking pipe that is full; the reader decides how long that lasts.
                    Thread.Sleep(1);
                }
                else if (error != ErrorInterrupted)
                {
                    return error;
                }
            }
            return 0;
        }
    }

    /// <summary>Takes or tries a lock of flock(2).</summary>
    /// <returns>0, or the error number; <see cref="ErrorWouldBlock"/> if another process holds it.</returns>
    public static int Lock(int descriptor, LockOperation operation)
    {
        while (LockFile(descriptor, (int)operation) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != ErrorInterrupted)
            {
                return error;
            }
        }
        return 0;
    }

    /// <returns>0, or the error number.</returns>
    public static int Sync(int descriptor)
    {
        while (SyncFile(descriptor) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error != ErrorInterrupted)
            {
                return error;
            }
        }
        return 0;
    }

    /// <summary>Gives an open file these permissions.</summary>
    /// <returns>0, or the error number.</returns>
    public static int SetMode(int descriptor, uint permissions) => ChangeMode(descriptor, permissions) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>The values of flock(2), the same on Linux and macOS.</summary>
    internal enum LockOperation
    {
        Shared = 1,
        Exclusive = 2,
        TryExclusive = 2 | 4,
        TryShared = 1 | 4,
        Unlock = 8,
    }

    /// <summary>The values of open(2), which differ between systems and, on Linux, between processors.</summary>
    private static class OpenFlags
    {
        private static bool Arm => RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

        public const int WriteOnly = 1;

        public const int ReadWrite = 2;

        public static int Append => OperatingSystem.IsMacOS() ? 0x8 : 0x400;

        /// <summary>O_WRONLY, O_CREAT, O_EXCL: the same on every processor.</summary>
        public const int WriteNewLinux = 0x1 | 0x40 | 0x80;

        public static int NonBlocking => OperatingSystem.IsMacOS() ? 0x4 : 0x800;

        public static int CloseOnExec => OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

        public static int NoFollow => OperatingSystem.IsMacOS() ? 0x100 : Arm ? 0x8000 : 0x20000;

        public static int Directory => OperatingSystem.IsMacOS() ? 0x100000 : Arm ? 0x4000 : 0x10000;
    }
}
