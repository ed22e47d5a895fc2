using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>
/// How libc finds names. A static glibc has the modules for files and DNS in it, and loads any other that
/// /etc/nsswitch.conf names from the system, along with the system's own libc: if that is another version,
/// the process dies of a signal. The distributions' usual files name such modules.
/// </summary>
internal static unsafe partial class NameService
{
    /// <summary>
    /// Hosts are looked up in /etc/hosts and by DNS, users in /etc/passwd, whatever /etc/nsswitch.conf says. Call it
    /// before a name is looked up. A binary that links the system's libc follows the system's file.
    /// </summary>
    public static void UseBuiltInModules()
    {
#if STATIC_GLIBC
        Configure("hosts"u8, "files dns"u8);
        Configure("passwd"u8, "files"u8); // .NET looks up the user's home if HOME is not set.
#endif
    }

#if STATIC_GLIBC
    private static void Configure(ReadOnlySpan<byte> database, ReadOnlySpan<byte> modules)
    {
        // A UTF-8 literal is followed by a zero byte.
        fixed (byte* name = database, line = modules)
        {
            _ = ConfigureLookup(name, line);
        }
    }

    [LibraryImport("libc", EntryPoint = "__nss_configure_lookup")]
    private static partial int ConfigureLookup(byte* database, byte* modules);
#endif
}
