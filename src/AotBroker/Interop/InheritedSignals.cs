using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>
/// How the caller left the signals, which the .NET runtime and this program change: what was ignored or blocked is so in the
/// programs that are started from here, and all else is as usual. signals.c looks before the runtime begins; where that is
/// not linked (in tests), nothing counts as ignored.
/// </summary>
internal static partial class InheritedSignals
{
    private const string Native = "aotbroker_native";

    private const nint Ignore = 1;

    /// <summary>SIGPIPE, which the runtime ignores, and the two that posix_spawn(3) does, as the C library keeps them for itself.</summary>
    private const ulong Unasked = (1UL << (Libc.SignalPipe - 1)) | (1UL << 31) | (1UL << 32);

    // Of those that this program ignored itself, the ones that were ignored before.
    private static ulong s_ignored;
    private static ulong s_changed;

    [LibraryImport(Native, EntryPoint = "aotbroker_ignored_signals")]
    private static partial ulong IgnoredBefore();

    [LibraryImport(Native, EntryPoint = "aotbroker_blocked_signals")]
    private static partial ulong BlockedBefore();

    [LibraryImport(Native, EntryPoint = "aotbroker_restore_signals")]
    private static partial void RestoreChanged();

    [LibraryImport(Native, EntryPoint = "aotbroker_catch_signals")]
    public static partial void Catch();

    [LibraryImport(Native, EntryPoint = "aotbroker_forward_signals")]
    public static partial void ForwardTo(int process);

    /// <summary>Whether signals.c is linked: it is not when code is compiled at run time.</summary>
    public static bool AreKnown => !RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>Those that are ignored here and were not before: bit n is signal n + 1.</summary>
    public static ulong ToReset => (s_changed & ~s_ignored) | (Unasked & ~(AreKnown ? IgnoredBefore() : 0));

    /// <summary>Those that the caller blocked; null if that was not checked.</summary>
    public static ulong? Blocked => AreKnown ? BlockedBefore() : null;

    /// <summary>From here on, the signal does nothing to this process.</summary>
    public static void IgnoreHere(int signal)
    {
        if ((s_changed & Bit(signal)) == 0)
        {
            s_changed |= Bit(signal);
            s_ignored |= Libc.SetSignalAction(signal, Ignore) == Ignore ? Bit(signal) : 0;
        }
    }

    /// <summary>As the caller left them, for a program that this process becomes.</summary>
    public static void Restore()
    {
        for (int signal = 1; signal < 32; signal++)
        {
            if ((s_changed & ~s_ignored & Bit(signal)) != 0)
            {
                _ = Libc.SetSignalAction(signal, 0);
            }
        }
        s_changed = s_ignored = 0;
        if (AreKnown)
        {
            RestoreChanged();
        }
        else
        {
            _ = Libc.SetSignalAction(Libc.SignalPipe, 0);
        }
    }

    private static ulong Bit(int signal) => 1UL << (signal - 1);
}
