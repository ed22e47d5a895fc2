using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>What the kernel says about an open file: asked of the descriptor, so that nothing can change in between.</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Owner">The user's id.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Links">How many names it has.</param>
/// <param name="ModifiedAt">When its content was last written, in Unix seconds.</param>
internal readonly record struct FileStatus(uint Mode, uint Owner, long Size, uint Links, long ModifiedAt)
{
    private const uint TypeMask = 0xF000;

    public bool IsRegularFile => (Mode & TypeMask) == 0x8000;

    public bool IsDirectory => (Mode & TypeMask) == 0x4000;

    /// <summary>A directory in which users can only remove their own files, such as /tmp.</summary>
    public bool IsSticky => (Mode & 0x200) != 0;

    /// <summary>The permission bits as chmod(1) writes them.</summary>
    public string Permissions => Convert.ToString(Mode & 0xFFF, 8).PadLeft(4, '0');
}

internal static unsafe partial class Libc
{
    // statx(2) has one layout on every processor, unlike stat(2).
    private const int EmptyPath = 0x1000;
    private const uint BasicStatistics = 0x7FF;
    private const int HereLinux = -100; // AT_FDCWD

    [LibraryImport(Library, EntryPoint = "statx", SetLastError = true)]
    private static partial int StatusLinux(int descriptor, byte* path, int flags, uint mask, byte* buffer);

    [LibraryImport(Library, EntryPoint = "fstat", SetLastError = true)]
    private static partial int StatusApple(int descriptor, byte* buffer);

    [LibraryImport(Library, EntryPoint = "stat", SetLastError = true)]
    private static partial int StatusOfPathApple(byte* path, byte* buffer);

    [LibraryImport(Library, EntryPoint = "lstat", SetLastError = true)]
    private static partial int StatusOfLinkApple(byte* path, byte* buffer);

    [LibraryImport(Library, EntryPoint = "faccessat", SetLastError = true)]
    private static partial int MayAccessAt(int directory, byte* path, int mode, int flags);

    /// <summary>Whether two descriptors are of one file, pipe or terminal.</summary>
    public static bool AreSameFile(int one, int other)
    {
        byte* first = stackalloc byte[256];
        byte* second = stackalloc byte[256];
        if (OperatingSystem.IsMacOS())
        {
            // st_dev at 0, st_ino at 8.
            return StatusApple(one, first) == 0 && StatusApple(other, second) == 0
                && *(int*)first == *(int*)second && *(long*)(first + 8) == *(long*)(second + 8);
        }
        // stx_ino at 32, stx_dev_major and stx_dev_minor at 136.
        byte empty = 0;
        return StatusLinux(one, &empty, EmptyPath, BasicStatistics, first) == 0 && StatusLinux(other, &empty, EmptyPath, BasicStatistics, second) == 0
            && *(long*)(first + 32) == *(long*)(second + 32) && *(long*)(first + 136) == *(long*)(second + 136);
    }

    /// <summary>Asks for the status of an open file.</summary>
    /// <returns>0, or the error number.</returns>
    public static int GetStatus(int descriptor, out FileStatus status)
    {
        byte* buffer = stackalloc byte[256];
        byte empty = 0;
        int result = OperatingSystem.IsMacOS() ? StatusApple(descriptor, buffer) : StatusLinux(descriptor, &empty, EmptyPath, BasicStatistics, buffer);
        int error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
        status = StatusIn(buffer);
        return error;
    }

    /// <summary>Asks for the status of the file that has a name at this moment.</summary>
    /// <returns>0, or the error number.</returns>
    public static int GetStatus(string path, bool followLink, out FileStatus status)
    {
        const int DoNotFollow = 0x100; // AT_SYMLINK_NOFOLLOW
        byte* buffer = stackalloc byte[256];
        fixed (byte* name = ZeroTerminated(path))
        {
            int result = !OperatingSystem.IsMacOS() ? StatusLinux(HereLinux, name, followLink ? 0 : DoNotFollow, BasicStatistics, buffer)
                : followLink ? StatusOfPathApple(name, buffer)
                : StatusOfLinkApple(name, buffer);
            int error = result == 0 ? 0 : Marshal.GetLastPInvokeError();
            status = StatusIn(buffer);
            return error;
        }
    }

    private static FileStatus StatusIn(byte* buffer) => OperatingSystem.IsMacOS()
        // struct stat with 64-bit inodes: st_mode at 4, st_nlink at 6, st_uid at 16, st_mtimespec at 48, st_size at 96.
        ? new FileStatus(*(ushort*)(buffer + 4), *(uint*)(buffer + 16), *(long*)(buffer + 96), *(ushort*)(buffer + 6), *(long*)(buffer + 48))
        // struct statx: stx_nlink at 16, stx_uid at 20, stx_mode at 28, stx_size at 40, stx_mtime at 112.
        : new FileStatus(*(ushort*)(buffer + 28), *(uint*)(buffer + 20), *(long*)(buffer + 40), *(uint*)(buffer + 16), *(long*)(buffer + 112));

    /// <summary>Why the effective user may not create anything in a directory.</summary>
    /// <returns>0 if that is allowed, or the error number.</returns>
    public static int WhyNotWritable(string directory)
    {
        const int WriteAndSearch = 2 | 1; // W_OK, X_OK
        int here = OperatingSystem.IsMacOS() ? -2 : HereLinux; // AT_FDCWD
        int asEffectiveUser = OperatingSystem.IsMacOS() ? 0x10 : 0x200; // AT_EACCESS
        fixed (byte* name = ZeroTerminated(directory))
        {
            return MayAccessAt(here, name, WriteAndSearch, asEffectiveUser) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }
}
