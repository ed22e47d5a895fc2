namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Where nothing can be kept in the usual place: two processes of one user in one container still find the same place, and
/// make one exchange. Each in a mount namespace of its own, with a /dev/shm of its own.
/// </summary>
public sealed class CachePlaceTests : BrokerTest
{
    private const string User = "1000650000";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
        foreach (var name in new[] { "", "identity" })
        {
            File.SetUnixFileMode(Path.Combine(Sandbox.Root, name), (UnixFileMode)0b111_101_101);
        }

        File.SetUnixFileMode(Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"], (UnixFileMode)0b110_100_100);
        File.SetUnixFileMode(Sandbox.MakeDirectory("shared"), (UnixFileMode)0b1_111_111_111);
        Sandbox.MakeDirectory("d");
        Sandbox.Environment["D"] = Path.Combine(Sandbox.Root, "d");
        Sandbox.Environment["TMPDIR"] = Path.Combine(Sandbox.Root, "shared");
        Sandbox.Environment.Remove("AOTBROKER_CACHE_DIR");
    }

    [RootTheory]
    [InlineData("HOME is the root directory", "", "HOME=/", "/dev/shm/aotbroker-UID")]
    [InlineData("HOME is not set", "", "-u HOME", "/dev/shm/aotbroker-UID")]
    [InlineData("HOME is set to nothing", "", "HOME=", "/dev/shm/aotbroker-UID")]
    [InlineData("HOME is not there", "", "HOME=/nonexistent", "/dev/shm/aotbroker-UID")]
    [InlineData("HOME may not be entered", "chmod 0700 $D", "HOME=$D/home", "/dev/shm/aotbroker-UID")]
    [InlineData("HOME is another user's and open", "chmod 0777 $D", "HOME=$D", "/dev/shm/aotbroker-UID")]
    [InlineData("HOME is on a read-only disk", "chown UID $D; mount -t tmpfs -o ro,mode=0700,uid=UID none $D", "HOME=$D", "/dev/shm/aotbroker-UID")]
    [InlineData("HOME is on a full disk", "mount -t tmpfs -o nr_inodes=1,mode=0700,uid=UID none $D", "HOME=$D", "/dev/shm/aotbroker-UID")]
    [InlineData("the cache of HOME can only be read", "mkdir -p $D/h/.cache/aotbroker; chmod -R 0700 $D/h; chown -R UID $D/h; mount --bind $D/h $D/h; mount -o remount,bind,ro $D/h; chmod 0755 $D", "HOME=$D/h", "/dev/shm/aotbroker-UID")]
    [InlineData("another user's job", "mkdir -m 0777 $D/_temp; chown 1001 $D/_temp; chmod 0755 $D", "HOME=/ RUNNER_TEMP=$D/_temp", "/dev/shm/aotbroker-UID")]
    [InlineData("another user's session", "chown 1001 $D; chmod 0700 $D", "HOME=/ XDG_RUNTIME_DIR=$D", "/dev/shm/aotbroker-UID")]
    [InlineData("relative paths", "", "HOME=. XDG_CACHE_HOME=cache", "/dev/shm/aotbroker-UID")]
    [InlineData("no shared memory", "mount -t tmpfs -o ro none /dev/shm", "HOME=/", "$TMPDIR/aotbroker-UID")]
    [InlineData("an emptyDir", "chmod 0777 $D", "AOTBROKER_CACHE_DIR=$D", "$D/aotbroker-UID")]
    [InlineData("an emptyDir with fsGroup", "chgrp 4711 $D; chmod 2775 $D", "AOTBROKER_CACHE_DIR=$D", "$D/aotbroker-UID")]
    [InlineData("an emptyDir with a name below it", "chmod 0777 $D", "AOTBROKER_CACHE_DIR=$D/a/b", "$D/a/b")]
    [InlineData("the temporary directory itself", "", "AOTBROKER_CACHE_DIR=$TMPDIR/", "$TMPDIR/aotbroker-UID")]
    public async Task Two_processes_share(string name, string setup, string variables, string place)
    {
        var lines = await RunTwiceAsync(User, "0", "--groups 4711", setup, variables, place);

        Assert.True(lines.ErrorText.Length == 0 || name == "HOME is on a full disk" || name.StartsWith("the cache of HOME", StringComparison.Ordinal), lines.ErrorText);
    }

    [RootTheory]
    [InlineData("mkdir -m 0777 /dev/shm/aotbroker-UID; chown 1001 /dev/shm/aotbroker-UID", "HOME=/", "$TMPDIR/aotbroker-UID", "it belongs to user 1001")]
    [InlineData("mkdir -m 0777 $D/d; ln -s $D/d /dev/shm/aotbroker-UID; chmod 0755 $D", "HOME=/", "$TMPDIR/aotbroker-UID", "it is a link, or not a directory")]
    [InlineData("mkdir -m 0777 $D/aotbroker-UID; chown 1001 $D/aotbroker-UID; chmod 1777 $D", "HOME=/ AOTBROKER_CACHE_DIR=$D", "/dev/shm/aotbroker-UID", "it belongs to user 1001")]
    [InlineData("chown 1001 $D; chmod 0777 $D", "HOME=/ AOTBROKER_CACHE_DIR=$D", "/dev/shm/aotbroker-UID", "it belongs to user 1001")]
    [InlineData("chmod 0755 $D", "HOME=/ AOTBROKER_CACHE_DIR=$D", "/dev/shm/aotbroker-UID", "Permission denied")]
    [InlineData("", "HOME=/ AOTBROKER_CACHE_DIR=/proc/nothing/cache", "/dev/shm/aotbroker-UID", "/proc: Permission denied")]
    public async Task What_somebody_else_put_there_is_told_and_not_used(string setup, string variables, string place, string reason)
    {
        var lines = await RunTwiceAsync(User, "0", "--clear-groups", setup, variables, place);

        Assert.Contains("AB0701", lines.ErrorText, StringComparison.Ordinal);
        Assert.Contains(reason, lines.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("chmod", lines.ErrorText, StringComparison.Ordinal);
    }

    [RootTheory]
    [InlineData("HOME=$D")]
    [InlineData("HOME=$D XDG_RUNTIME_DIR=$D/run RUNNER_TEMP=$D/temp XDG_CACHE_HOME=$D/.cache")]
    public async Task Root_leaves_nothing_in_the_home_of_who_called_it_with_its_variables(string variables)
    {
        var result = await RunTwiceAsync("0", "0", "--clear-groups", "mkdir $D/run $D/temp; chown -R 1001 $D; chmod 0700 $D", variables, "/dev/shm/aotbroker-UID");

        Assert.Equal("", result.ErrorText);
        Assert.Equal(["run", "temp"], Directory.GetFileSystemEntries(Sandbox.Environment["D"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [RootFact]
    public async Task Where_there_is_no_place_at_all_each_process_is_told_once_and_gets_its_credential()
    {
        var result = await Sandbox.RunAsync(new Launch("--mount", "/bin/sh", "-c", $"""
            for place in /tmp /dev/shm "$TMPDIR"; do mount --bind "$place" "$place" && mount -o remount,bind,ro "$place" || exit 99; done
            run() (cd / && exec setpriv --reuid 1234567891 --regid 0 --clear-groups env HOME=/ AOTBROKER_CACHE_DIR=/dev/null/cache "$0" "$@")
            run get && run status && run clear --all
            """, PublishedBinary.Path)
        { Program = "unshare" });

        Assert.True(result.ExitCode == 0, result.ToString());
        var lines = result.OutputText.TrimEnd('\n').Split('\n');
        Assert.NotNull(Endpoint.Grants.Find(lines[0]));
        Assert.Contains(lines, static line => line.StartsWith("cache             none", StringComparison.Ordinal));
        Assert.Equal("cleared 0 credentials from nowhere", lines[^1]);
        Assert.Equal(3, result.ErrorText.Split("warning[AB0701]: there is no place for a cache").Length - 1);
        Assert.Equal(3, result.ErrorText.Split("hint: /dev/null/cache (from AOTBROKER_CACHE_DIR): Not a directory").Length - 1);
        Assert.DoesNotContain("chmod", result.ErrorText, StringComparison.Ordinal);
    }

    private async Task<ProcessResult> RunTwiceAsync(string user, string group, string groups, string setup, string variables, string place)
    {
        string Filled(string text) => text.Replace("UID", user, StringComparison.Ordinal);
        var result = await Sandbox.RunAsync(new Launch("--mount", "/bin/sh", "-c", $"""
            mount -t tmpfs -o mode=1777 none /dev/shm && {Filled(setup.Length == 0 ? "true" : setup)} || exit 99
            run() (cd / && exec setpriv --reuid {user} --regid {group} {groups} env {variables} "$0" "$@")
            run get && run get && run status && echo "{Filled(place)}" && stat -c '%u %A' "{Filled(place)}"
            """, PublishedBinary.Path)
        { Program = "unshare" });

        Assert.True(result.ExitCode == 0, result.ToString());
        var lines = result.OutputText.TrimEnd('\n').Split('\n');
        Assert.NotNull(Endpoint.Grants.Find(lines[0]));
        Assert.Equal(lines[0], lines[1]);
        Assert.Equal(1, Endpoint.Events.Presentations);
        Assert.Matches($"^{user} drwx--[-S]---$", lines[^1]);
        // What can only be read, or cannot be written after all, is found out when something is to be written.
        Assert.Contains(lines, line => line.StartsWith("cache ", StringComparison.Ordinal) && (line.Contains($" {lines[^2]} ", StringComparison.Ordinal) || result.ErrorText.Contains($"; {lines[^2]} is used instead", StringComparison.Ordinal)));
        return result;
    }
}
