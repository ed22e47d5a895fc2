using System.Runtime.InteropServices;

// Everything below is blittable: no marshalling code is generated, so each call costs what the C call costs.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]

namespace AotBroker.Interop;

/// <summary>
/// The libc calls for which .NET has no equivalent that is safe here: opening without following a link, checking an
/// open file's owner, advisory locks whose waiters sleep in the kernel, and replacing the process image.
/// </summary>
/// <remarks>Only functions without a variable argument list: on Apple's arm64, those are called differently.</remarks>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    public const int ErrorNoEntry = 2;
    public const int ErrorNoProcess = 3;
    public const int ErrorInterrupted = 4;
    public const int ErrorBadDescriptor = 9;
    public const int ErrorAccess = 13;
    public const int ErrorExists = 17;
    public const int ErrorNotDirectory = 20;

    /// <summary>EAGAIN, which is also EWOULDBLOCK: 11 on Linux, 35 on macOS.</summary>
    public static int ErrorWouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>ETIMEDOUT: 110 on Linux, 60 on macOS.</summary>
    public static int ErrorTimedOut => OperatingSystem.IsMacOS() ? 60 : 110;

    /// <summary>ELOOP: what open(2) answers to O_NOFOLLOW on a link. 40 on Linux, 62 on macOS.</summary>
    public static int ErrorLoop => OperatingSystem.IsMacOS() ? 62 : 40;

    [LibraryImport(Library, EntryPoint = "gnu_get_libc_version")]
    private static partial byte* GnuVersionLinux();

    /// <summary>The version of glibc, such as <c>2.36</c>; null if the system's own libc is used.</summary>
    public static string? GnuVersion => OperatingSystem.IsLinux() ? Marshal.PtrToStringUTF8((nint)GnuVersionLinux()) : null;

    /// <summary>The C library's text for an error number.</summary>
    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);

    private static byte[] ZeroTerminated(string text)
    {
        byte[] bytes = new byte[System.Text.Encoding.UTF8.GetMaxByteCount(text.Length) + 1];
        System.Text.Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
