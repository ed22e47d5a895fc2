using System.Diagnostics;
using System.Text;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A process of the sandbox, from its start to its end. What it writes is read as it comes.</summary>
internal sealed class BrokerProcess : IDisposable
{
    /// <summary>After this a process hangs, and the test fails: far more than any takes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process _process;
    private readonly MemoryStream _error = new();
    private readonly Task<byte[]> _outputRead;
    private readonly Task _errorRead;
    private TaskCompletionSource _errorGrew = NewSignal();

    private BrokerProcess(Process process)
    {
        _process = process;
        process.StandardInput.Close();
        _outputRead = ReadOutputAsync();
        _errorRead = ReadErrorAsync();
    }

    /// <summary>The process's id: the shell that sets it up becomes the program.</summary>
    public int Id => _process.Id;

    /// <summary>What has ended; null while it runs.</summary>
    public ProcessResult? Result { get; private set; }

    /// <summary>What it has written to standard error by now.</summary>
    public string ErrorSoFar
    {
        get
        {
            lock (_error)
            {
                return Encoding.UTF8.GetString(_error.GetBuffer(), 0, (int)_error.Length);
            }
        }
    }

    public static BrokerProcess Start(Launch launch, IReadOnlyDictionary<string, string> environment)
    {
        // .NET ignores SIGPIPE, and so would whatever it starts.
        var start = new ProcessStartInfo("/usr/bin/env")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add("--default-signal");
        start.ArgumentList.Add("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"{launch.Gate?.ShellCommand}{launch.Before}exec \"$0\" \"$@\" </dev/null {launch.Redirections}");
        start.ArgumentList.Add(launch.Program);
        foreach (var argument in launch.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in launch.Variables)
        {
            start.Environment.Remove(name);
            if (value is not null)
            {
                start.Environment[name] = value;
            }
        }

        return new BrokerProcess(Process.Start(start)!);
    }

    public async Task<ProcessResult> WaitAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
            await Task.WhenAll(_outputRead, _errorRead).WaitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
            Assert.Fail($"process {Id} did not end within {Patience}; it said: {ErrorSoFar}");
        }

        return Result ??= new ProcessResult(Id, _process.ExitCode, await _outputRead, _error.ToArray());
    }

    /// <summary>Waits until the process has written one of these to standard error.</summary>
    public async Task WaitForErrorAsync(params string[] texts)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            Task grew;
            lock (_error)
            {
                grew = _errorGrew.Task;
            }

            var isOver = _errorRead.IsCompleted;
            if (texts.Any(text => ErrorSoFar.Contains(text, StringComparison.Ordinal)))
            {
                return;
            }

            Assert.False(isOver, $"process {Id} ended without saying \"{texts[0]}\": {ErrorSoFar}");
            await Task.WhenAny(grew, _errorRead).WaitAsync(patience.Token);
        }
    }

    public void Signal(int signal) => Posix.Signal(Id, signal);

    /// <summary>Ends it, if it still runs, with whatever it has started.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _error.Dispose();
    }

    private async Task<byte[]> ReadOutputAsync()
    {
        using var output = new MemoryStream();
        await _process.StandardOutput.BaseStream.CopyToAsync(output);
        return output.ToArray();
    }

    private async Task ReadErrorAsync()
    {
        var buffer = new byte[4096];
        int count;
        while ((count = await _process.StandardError.BaseStream.ReadAsync(buffer)) > 0)
        {
            TaskCompletionSource grew;
            lock (_error)
            {
                _error.Write(buffer, 0, count);
                (grew, _errorGrew) = (_errorGrew, NewSignal());
            }

            grew.SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
