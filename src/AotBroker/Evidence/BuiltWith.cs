using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AotBroker.Interop;

namespace AotBroker.Evidence;

/// <summary>What this program is linked with, as the libraries report it, and how long that is supported.</summary>
internal static class BuiltWith
{
    /// <summary>The last day on which .NET 10 gets security updates: .NET's support policy.</summary>
    public const string EndOfSupport = "2028-11-14";

    /// <summary>The end of that day, in Unix seconds.</summary>
    private const long SupportedUntil = 1857859200;

    /// <summary>".NET 10.0.12".</summary>
    public static string Runtime => RuntimeInformation.FrameworkDescription;

    /// <summary>"3.0.19"; null on macOS, where TLS is the system's.</summary>
    public static string? OpenSsl => OperatingSystem.IsLinux() ? OpenSslName(SafeEvpPKeyHandle.OpenSslVersion) : null;

    /// <summary>"2.36"; null on macOS.</summary>
    public static string? Glibc => Libc.GnuVersion;

    /// <param name="now">Unix seconds.</param>
    public static bool IsPastSupport(long now) => now >= SupportedUntil;

    /// <param name="number">OPENSSL_VERSION_NUMBER since OpenSSL 3: 0xMNN00PP0, a number for each of major, minor and patch.</param>
    public static string OpenSslName(long number) => FormattableString.Invariant($"{number >> 28 & 0xf}.{number >> 20 & 0xff}.{number >> 4 & 0xff}");
}
