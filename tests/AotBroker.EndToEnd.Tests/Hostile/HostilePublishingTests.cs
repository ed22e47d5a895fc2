namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// At every path that is published, whatever somebody may have put there: it is refused before a token is spent where that
/// can be known, or replaced; and nothing is written, or removed, behind a link.
/// </summary>
public sealed class HostilePublishingTests : BrokerTest
{
    private const string Profile = "environment";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
        (await Sandbox.RunAsync("get")).Succeeded();
    }

    [Fact]
    public async Task A_link_in_place_of_the_commands_directories_is_not_followed_to_publish_or_to_sweep()
    {
        var plant = new Plant(Sandbox);
        // As a command's directory is named, with a process that has ended, and long unchanged.
        var backup = Directory.CreateDirectory(Path.Combine(Sandbox.Root, "archive/999999-backup"));
        await File.WriteAllTextAsync(Path.Combine(backup.FullName, "kept"), "all there is");
        backup.LastWriteTimeUtc = DateTime.UtcNow.AddYears(-1);
        Directory.CreateSymbolicLink(Path.Combine(Sandbox.Cache, "exec"), backup.Parent!.FullName);

        var exec = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", "echo \"$ANTHROPIC_CONFIG_DIR\"");
        var clear = await Sandbox.RunAsync("clear", "--all");

        Assert.StartsWith(Sandbox.Temporary, exec.Succeeded().Line, StringComparison.Ordinal);
        clear.Succeeded();
        Assert.Equal([backup.FullName], Directory.GetFileSystemEntries(backup.Parent.FullName));
        Assert.Equal("all there is", await File.ReadAllTextAsync(Path.Combine(backup.FullName, "kept")));
        plant.IsUntouched(exec);
    }

    [RootFact]
    public async Task Hostile_leftovers_do_not_keep_others_from_being_swept()
    {
        (await Sandbox.RunAsync("exec", "--no-refresh", "--", "/bin/true")).Succeeded();
        var folder = Path.Combine(Sandbox.Cache, "exec");
        var made = Assert.Single(Directory.GetDirectories(folder));
        var near = Path.GetFileName(made).Split('-')[1];
        Directory.Delete(made, recursive: true);
        var plant = new Plant(Sandbox);
        string[] kinds = ["link", "dangling link", "FIFO", "directory", "device", "hard link", "wide", "foreign"];
        foreach (var kind in kinds)
        {
            // The name is of a process that has ended; the lock tells nothing that could be believed.
            await plant.PutAsync(kind, Path.Combine(folder, $"999999-{near}-{kind.Replace(' ', '.')}", "kept.lock"));
        }

        var ordinary = Directory.CreateDirectory(Path.Combine(folder, $"999999-{near}-zz.ordinary"));

        var clear = (await Sandbox.RunAsync("clear", "--all")).Succeeded();

        Assert.False(ordinary.Exists && Directory.Exists(ordinary.FullName));
        plant.IsUntouched(clear);
    }

    /// <summary>What is planted in the directory that `keep` publishes in, and what becomes of it.</summary>
    [RootTheory]
    [InlineData("", "AB0705", "link", "link to a directory", "dangling link", "FIFO", "device", "hard link", "wide", "foreign")]
    [InlineData("kept.lock", "AB0705", "link", "dangling link", "FIFO", "device", "directory", "wide", "foreign")]
    [InlineData("kept.lock", "ok", "hard link")]
    [InlineData("configs", "AB0705", "link to a directory", "dangling link", "FIFO", "hard link", "foreign")]
    [InlineData("credentials", "AB0705", "link to a directory", "dangling link", "device", "hard link", "foreign")]
    [InlineData("configs/environment.json", "AB0705", "link", "dangling link", "FIFO", "device", "hard link", "wide", "foreign", "directory")]
    [InlineData("credentials/environment.json", "AB0705", "link", "dangling link", "FIFO", "device", "hard link", "wide", "foreign", "directory")]
    [InlineData("active_config", "AB0705", "link", "dangling link", "FIFO", "device", "hard link", "wide", "foreign", "directory")]
    [InlineData("kept.files", "AB0705", "link", "dangling link", "FIFO", "device", "wide", "foreign", "directory")]
    [InlineData("kept.files", "ok", "hard link")]
    [InlineData("kept.tmp", "ok", "link", "dangling link", "FIFO", "device", "hard link", "wide", "foreign")]
    [InlineData("kept.tmp", "AB0705", "directory")]
    public async Task Keep_replaces_or_refuses(string place, string outcome, params string[] kinds)
    {
        var plant = new Plant(Sandbox);
        for (var i = 0; i < kinds.Length; i++)
        {
            var directory = Sandbox.MakeDirectory($"published-{i}");
            var path = Path.Combine(directory, place).TrimEnd('/');
            await plant.PutAsync(kinds[i], path);

            var result = await KeepUntilReadyAsync(directory);

            if (outcome == "ok")
            {
                Assert.True(result.ExitCode == 0 && result.ErrorText == "ready\n", $"{kinds[i]}: {result}");
                Assert.Equal([Path.Combine(directory, "kept.lock")], Directory.GetFileSystemEntries(directory));
            }
            else
            {
                Assert.True(result.ErrorText.Contains($"error[{outcome}]", StringComparison.Ordinal) && result.ExitCode == 7, $"{kinds[i]}: {result}");
            }

            plant.IsUntouched(result);
            Plant.Clear(path);
        }
    }

    /// <summary>It ends as soon as it is ready, because the process that it watches does, having looked at what is published.</summary>
    private async Task<ProcessResult> KeepUntilReadyAsync(string directory) => await Sandbox.RunScriptAsync($"""
        mkfifo '{directory}.ready' || exit 1
        ( read -r line && cat '{directory}/active_config' '{directory}/credentials/{Profile}.json' >/dev/null && echo "$line" >&2 ) <'{directory}.ready' &
        exec "$1" keep --publish '{directory}' --watch-pid $! --ready-fd 3 3>'{directory}.ready'
        """);
}
