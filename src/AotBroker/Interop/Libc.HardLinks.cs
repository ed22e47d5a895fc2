using System.Runtime.InteropServices;

namespace AotBroker.Interop;

internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "link", SetLastError = true)]
    private static partial int MakeLink(byte* from, byte* to);

    /// <summary>Gives a file a second name, unless that is taken.</summary>
    /// <returns>0, or the error number; <see cref="ErrorExists"/> if the name is taken.</returns>
    public static int Link(string from, string to)
    {
        fixed (byte* source = ZeroTerminated(from), target = ZeroTerminated(to))
        {
            return MakeLink(source, target) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }
}
