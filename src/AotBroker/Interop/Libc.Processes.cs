using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>Who this process is, and whether another one is still running.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int process, int signal);

    [LibraryImport(Library, EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    /// <summary>The user whose files the process makes.</summary>
    public static uint GetEffectiveUserId() => EffectiveUser();

    /// <summary>Whether a process of this machine, as seen from here, has ended.</summary>
    public static bool HasEnded(int process) => SendSignal(process, 0) != 0 && Marshal.GetLastPInvokeError() == ErrorNoProcess;
}
