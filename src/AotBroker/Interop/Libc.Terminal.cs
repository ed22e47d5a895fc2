using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>Whether a stream is a terminal, and how wide.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "isatty")]
    private static partial int IsTerminal(int descriptor);

    // Linux alone: there, a variable argument that is an integer is passed as any other.
    [LibraryImport(Library, EntryPoint = "ioctl")]
    private static partial int ControlDeviceLinux(int descriptor, nuint request, ushort* size);

    public static bool IsATerminal(int descriptor) => IsTerminal(descriptor) == 1;

    /// <returns>Characters in a line; null if this is not a terminal, or does not say.</returns>
    public static int? TerminalWidth(int descriptor)
    {
        const nuint GetWindowSize = 0x5413; // TIOCGWINSZ
        ushort* size = stackalloc ushort[4]; // rows, columns, and both in pixels
        return OperatingSystem.IsLinux() && ControlDeviceLinux(descriptor, GetWindowSize, size) == 0 && size[1] > 0 ? size[1] : null;
    }
}
