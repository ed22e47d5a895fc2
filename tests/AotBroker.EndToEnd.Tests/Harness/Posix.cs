using System.Runtime.InteropServices;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The few calls of the system that .NET does not offer.</summary>
internal static partial class Posix
{
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;
    public const int SignalContinue = 18;
    public const int SignalStop = 19;

    public static bool IsRoot => UserId == 0;

    public static uint UserId => GetEffectiveUserId();

    /// <summary>Sends a signal to one process, by its id.</summary>
    public static void Signal(int process, int signal) => ThrowIfFailed(Kill(process, signal), $"signal {signal} to {process}");

    /// <summary>Makes a FIFO that its owner may use.</summary>
    public static void MakeFifo(string path) => ThrowIfFailed(MakeFifo(path, 0x180 /* 0600 */), path);

    private static void ThrowIfFailed(int result, string what)
    {
        if (result != 0)
        {
            throw new IOException($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();
}
