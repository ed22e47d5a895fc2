using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>
/// How libc finds names. A static glibc has the modules for files and DNS in it, and loads any other that
/// /etc/nsswitch.conf names from the system, with the system's own libc beside itself: where that is of another version,
/// the process dies of a signal. The distributions' usual files name such modules.
/// </summary>
internal static unsafe partial class NameService
{
    /// <summary>
    /// Hosts are looked up in /etc/hosts and by DNS, users in /etc/passwd, whatever /etc/nsswitch.conf says. To be called
    /// before a name is looked up. A binary that links the system's libc follows the system's file.
    /// </summary>
    public static void UseBuiltInModules()
    {
#if STATIC_GLIBC
        Configure("hosts"u8, "files dns"u8);
        Configure("passwd"u8, "files"u8); // .NET asks for the user's home where HOME is not set.
#endif
    }

#if STATIC_GLIBC
    private static void Configure(ReadOnlySpan<byte> database, ReadOnlySpan<byte> modules)
    {
        // A literal in UTF-8 has a zero behind its end.
        fixed (byte* name = database, line = modules)
        {
            _ = ConfigureLookup(name, line);
        }
    }

    [LibraryImport("libc", EntryPoint = "__nss_configure_lookup")]
    private static partial int ConfigureLookup(byte* database, byte* modules);
#endif
}
