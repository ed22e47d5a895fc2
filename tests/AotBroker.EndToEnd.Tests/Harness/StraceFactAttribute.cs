using System.Diagnostics;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A test that looks at system calls; skipped where strace is missing or may not trace, as in some containers.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StraceFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_reason = new(Probe);

    public StraceFactAttribute() => Skip = WhyNot;

    /// <summary>Why strace cannot trace here; null where it can.</summary>
    public static string? WhyNot => s_reason.Value;

    private static string? Probe()
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo("strace", ["-o", "/dev/null", "/bin/true"]) { RedirectStandardError = true })!;
            var error = probe.StandardError.ReadToEnd();
            probe.WaitForExit();
            return probe.ExitCode == 0 ? null : $"strace cannot trace here: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "there is no strace";
        }
    }
}
