using System.Diagnostics;
using AotBroker.Interop;
using AotBroker.Reporting;

namespace AotBroker.Tests;

public sealed class ProcessWatchTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task It_wakes_when_the_process_has_ended_which_is_no_child_of_ours()
    {
        // The shell's child is the one that is watched.
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec 3<&0; /bin/sh -c 'echo $$; read -r line' <&3 & wait"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        int id = int.Parse((await shell.StandardOutput.ReadLineAsync())!, System.Globalization.CultureInfo.InvariantCulture);
        using ProcessWatch watch = new(id);
        Assert.False(watch.HasEnded);
        watch.Wait(TimeSpan.FromMilliseconds(1));
        Assert.False(watch.HasEnded);

        shell.StandardInput.Close();

        for (Stopwatch clock = Stopwatch.StartNew(); !watch.HasEnded && clock.Elapsed < Patience;)
        {
            watch.Wait(Patience);
        }
        Assert.True(watch.HasEnded);
        await shell.WaitForExitAsync();
    }

    [Fact]
    public void A_process_that_is_not_there_has_ended()
    {
        using ProcessWatch watch = new(int.MaxValue);

        Assert.True(watch.HasEnded);
        watch.Wait(Patience);
    }

    [Fact]
    public async Task It_wakes_when_it_is_called()
    {
        using ProcessWatch watch = new(null);
        Task waiting = Task.Run(() => watch.Wait(Patience + Patience));

        watch.Wake();

        await waiting.WaitAsync(Patience);
        Assert.False(watch.HasEnded);
    }

    [Fact]
    public void A_call_that_came_before_is_not_lost()
    {
        using ProcessWatch watch = new(Environment.ProcessId);
        watch.Wake();

        Stopwatch clock = Stopwatch.StartNew();
        watch.Wait(Patience);

        Assert.True(clock.Elapsed < Patience);
        Assert.False(watch.HasEnded);
    }
}
