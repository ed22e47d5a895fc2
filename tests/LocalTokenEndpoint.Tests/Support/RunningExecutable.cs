using System.Diagnostics;
using System.Globalization;

namespace LocalTokenEndpoint.Tests;

/// <summary>The endpoint as a process of its own.</summary>
internal sealed class RunningExecutable : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _error;

    private RunningExecutable(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    public int Id => _process.Id;

    public static RunningExecutable Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "LocalTokenEndpoint.dll"));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new RunningExecutable(Process.Start(start)!);
    }

    /// <summary>The line that says it is ready; an error text instead fails the test with that text.</summary>
    public async Task<string> ReadLineAsync() =>
        await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException(await _error);

    public Task<string> ReadErrorAsync() => _error;

    public void CloseInput() => _process.StandardInput.Close();

    public void Terminate()
    {
        // The shell's own `kill`: a small image has no other.
        using var kill = Process.Start("sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {Id}")]);
        kill.WaitForExit();
    }

    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
