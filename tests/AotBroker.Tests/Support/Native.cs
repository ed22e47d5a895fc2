using System.Runtime.InteropServices;
using AotBroker.Interop;

namespace AotBroker.Tests;

/// <summary>What a test needs of the system and .NET does not offer.</summary>
internal static unsafe partial class Native
{
    public const uint Nobody = 65534;

    public static bool IsRoot => Libc.GetEffectiveUserId() == 0;

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int MakeFifoCore(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int LinkCore(string path, string name);

    [LibraryImport("libc", EntryPoint = "lchown", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ChangeOwnerCore(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileSystemUser(uint user);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Status(int directory, string path, int flags, uint mask, byte* buffer);

    public static string MakeFifo(string path)
    {
        Check(MakeFifoCore(path, 0x180 /* 0600 */), path);
        return path;
    }

    /// <summary>Gives a file a second name.</summary>
    public static void MakeHardLink(string path, string name) => Check(LinkCore(path, name), name);

    /// <summary>Needs root.</summary>
    public static void GiveTo(uint user, string path) => Check(ChangeOwnerCore(path, user, uint.MaxValue), path);

    /// <summary>Runs something with the file rights of an ordinary user, also where the tests run as root.</summary>
    public static void WithoutPrivilege(Action action)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            // The file system's user is each thread's own.
            if (IsRoot)
            {
                _ = SetFileSystemUser(Nobody);
            }
            try
            {
                action();
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        }
    }

    public static ulong InodeOf(string path)
    {
        const int WorkingDirectory = -100;
        const uint Inode = 0x100;
        byte* buffer = stackalloc byte[256];
        Check(Status(WorkingDirectory, path, 0, Inode, buffer), path);
        return *(ulong*)(buffer + 32);
    }

    private static void Check(int result, string path)
    {
        if (result != 0)
        {
            throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}

/// <summary>A test that gives files to other users.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactForRootAttribute : FactAttribute
{
    public FactForRootAttribute() => Skip = Native.IsRoot ? null : "only root can give a file to another user";
}
