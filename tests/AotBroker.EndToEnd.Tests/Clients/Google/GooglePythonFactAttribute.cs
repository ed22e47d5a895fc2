using System.Diagnostics;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A test with Google's auth library for Python, as the gcloud CLI brings it; skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class GooglePythonFactAttribute : FactAttribute
{
    private static readonly Lazy<string?> s_packages = new(Find);

    public GooglePythonFactAttribute() => Skip = s_packages.Value is null ? "there is no gcloud in PATH, whose packages for Python have google-auth" : null;

    /// <summary>For PYTHONPATH.</summary>
    public static string Packages => s_packages.Value!;

    private static string? Find()
    {
        if (ClientProgram.Find("gcloud", "400.0").Path is not { } gcloud || !File.Exists(GrpcFactAttribute.Python))
        {
            return null;
        }

        // SDK/bin/gcloud, and links to it.
        var program = File.ResolveLinkTarget(gcloud, returnFinalTarget: true)?.FullName ?? gcloud;
        var packages = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(program)!, "../lib/third_party"));
        ProcessStartInfo start = new(GrpcFactAttribute.Python, ["-c", "import google.auth.pluggable, google.auth.transport.requests"]) { RedirectStandardError = true };
        start.Environment["PYTHONPATH"] = packages;
        using var probe = Process.Start(start)!;
        probe.StandardError.ReadToEnd();
        probe.WaitForExit();
        return probe.ExitCode == 0 ? packages : null;
    }
}
