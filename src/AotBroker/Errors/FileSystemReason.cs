using AotBroker.Interop;

namespace AotBroker.Errors;

/// <summary>Why a file could not be read or written, in the system's words. (The framework's own texts are not in the binary.)</summary>
internal static class FileSystemReason
{
    private const int LargestErrorNumber = 4095;

    public static string Of(Exception error) => error switch
    {
        UnauthorizedAccessException => Libc.Describe(Libc.ErrorAccess),
        IOException { HResult: > 0 and <= LargestErrorNumber } => Libc.Describe(error.HResult),
        FileNotFoundException or DirectoryNotFoundException => Libc.Describe(Libc.ErrorNoEntry),
        _ => error.Message,
    };
}
