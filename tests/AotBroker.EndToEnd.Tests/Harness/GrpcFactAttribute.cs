using System.Diagnostics;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A test against gRPC's own server, in Debian's Python; skipped where that cannot be installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GrpcFactAttribute : FactAttribute
{
    /// <summary>Not whatever comes first in PATH: the system's has the system's packages.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<string?> s_reason = new(WhyNot);

    public GrpcFactAttribute() => Skip = s_reason.Value;

    private static string? WhyNot()
    {
        try
        {
            using var probe = Process.Start(new ProcessStartInfo(Python, ["-c", "import grpc"]) { RedirectStandardError = true })!;
            var error = probe.StandardError.ReadToEnd();
            probe.WaitForExit();
            return probe.ExitCode == 0 ? null : $"gRPC's server (python3-grpcio) is not there: {error.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return $"there is no {Python}";
        }
    }
}
