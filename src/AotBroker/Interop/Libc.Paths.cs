using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>Names in directories.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "rename", SetLastError = true)]
    private static partial int RenameFile(byte* from, byte* to);

    [LibraryImport(Library, EntryPoint = "unlink", SetLastError = true)]
    private static partial int UnlinkFile(byte* path);

    [LibraryImport(Library, EntryPoint = "mkdir", SetLastError = true)]
    private static partial int MakeDirectory(byte* path, uint mode);

    [LibraryImport(Library, EntryPoint = "rmdir")]
    private static partial int RemoveEmptyDirectory(byte* path);

    [LibraryImport(Library, EntryPoint = "realpath", SetLastError = true)]
    private static partial byte* ResolvePath(byte* path, byte* resolved);

    /// <returns>0, or the error number.</returns>
    public static int Rename(string from, string to)
    {
        fixed (byte* source = ZeroTerminated(from), target = ZeroTerminated(to))
        {
            return RenameFile(source, target) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <returns>0, or the error number.</returns>
    public static int Unlink(string path)
    {
        fixed (byte* name = ZeroTerminated(path))
        {
            return UnlinkFile(name) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>The path without links and dots; unchanged if there is no such file.</summary>
    public static string RealPath(string path)
    {
        const int Longest = 4096; // PATH_MAX: 1024 on macOS.
        byte* buffer = stackalloc byte[Longest];
        fixed (byte* name = ZeroTerminated(path))
        {
            return ResolvePath(name, buffer) == null ? path : Marshal.PtrToStringUTF8((nint)buffer)!;
        }
    }

    /// <summary>Creates one directory that only its owner may enter.</summary>
    /// <returns>0, or the error number.</returns>
    public static int MakePrivateDirectory(string path)
    {
        const uint OwnerOnly = 0x1C0; // 0700
        fixed (byte* name = ZeroTerminated(path))
        {
            return MakeDirectory(name, OwnerOnly) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Removes a directory if it is empty, as far as that is possible.</summary>
    public static void RemoveDirectory(string path)
    {
        fixed (byte* name = ZeroTerminated(path))
        {
            _ = RemoveEmptyDirectory(name);
        }
    }
}
