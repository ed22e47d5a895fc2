using System.Globalization;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Many processes with one single-use token where the disk is full, or where locks keep no process out: the token is
/// presented once (invariant 1), and each process has the credential or is told why not (invariant 10).
/// </summary>
[Collection(Bursts.Name)]
public sealed class CrowdOnABadDiskTests : BrokerTest
{
    private const int Many = 24;

    private const string NoLock = "strace replaces the result of flock, in each process";

    private static readonly string s_runs = string.Create(CultureInfo.InvariantCulture, $"{Many} processes at once");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
        Directory.CreateDirectory(Sandbox.Cache, (UnixFileMode)0b111_000_000);
    }

    [RootFact]
    public async Task The_disk_is_full()
    {
        var disk = await FillADiskAsync();

        var results = await Sandbox.RunTogetherAsync(Many, _ => OnDisk(disk, new Launch(Crowd.PatientGet)));

        var told = OneSucceeds(results, "AB0704");
        ReliabilityTable.Check(fault: "the disk is full", "a tmpfs without a free page as the cache, in a mount namespace", s_runs, $"{Crowd.Told(Endpoint)}; {told}");
    }

    [RootFact]
    public async Task The_disk_is_full_and_locks_do_nothing()
    {
        Assert.True(StraceFactAttribute.WhyNot is null, StraceFactAttribute.WhyNot);
        var disk = await FillADiskAsync();

        var results = await Sandbox.RunTogetherAsync(Many, _ => OnDisk(disk, WithFlock("retval=0")));

        var told = OneSucceeds(results, "AB0715");
        ReliabilityTable.Check(
            fault: "the disk is full, and locks do nothing", $"a tmpfs without a free page as the cache, in a mount namespace; {NoLock}: it succeeds", s_runs, $"{Crowd.Told(Endpoint)}; {told}");
    }

    [StraceFact]
    public async Task Locks_do_nothing()
    {
        var told = await AllShareAsync("retval=0", "the file system grants a lock that is taken");

        ReliabilityTable.Check(fault: "locks have no effect", $"{NoLock}: it succeeds", s_runs, told);
    }

    [StraceFact]
    public async Task Locks_are_not_to_be_had()
    {
        var told = await AllShareAsync("error=ENOLCK", "No locks available");

        ReliabilityTable.Check(fault: "there are no locks", $"{NoLock}: ENOLCK", s_runs, told);
    }

    [StraceFact]
    public async Task Locks_are_not_supported()
    {
        var told = await AllShareAsync("error=EOPNOTSUPP", "Operation not supported");

        ReliabilityTable.Check(fault: "the file system does not support locks", $"{NoLock}: EOPNOTSUPP", s_runs, told);
    }

    [StraceFact]
    public async Task Locks_do_nothing_and_the_token_is_refused()
    {
        Endpoint.Rules.Change(rule => rule with { SubjectPrefix = "repo:another-org/" });

        var results = await Sandbox.RunTogetherAsync(Many, _ => WithFlock("retval=0"));

        Assert.All(results, result => Assert.InRange(result.ExitCode, 4, 5));
        Assert.All(results, result => Assert.True(
            result.ErrorText.Contains("error[AB0501]", StringComparison.Ordinal) || result.ErrorText.Contains("error[AB0408]", StringComparison.Ordinal), result.ToString()));
        Assert.Equal(1, Endpoint.Events.Presentations);
        ReliabilityTable.Check(
            fault: "locks have no effect, and the token is refused", $"{NoLock}: it succeeds", s_runs, $"{Crowd.Told(Endpoint)}; {Many} refusals (AB0408, AB0501)");
    }

    /// <summary>The one that presented it has the credential, which nothing could be stored of; the others are told.</summary>
    private string OneSucceeds(ProcessResult[] results, string warning)
    {
        var one = Assert.Single(results, result => result.ExitCode == 0);
        Assert.NotNull(Endpoint.Grants.Find(one.SucceededWith(warning).SucceededWith("AB0704").Line));
        Assert.All(results.Where(result => result != one), result => result.Failed("AB0408", 4).Says("was already presented"));
        Assert.Equal((1, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        return $"1 success ({string.Join(", ", new[] { "AB0704", warning }.Distinct())}); {Many - 1} × AB0408";
    }

    private async Task<string> AllShareAsync(string answer, string reason)
    {
        var results = await Sandbox.RunTogetherAsync(Many, _ => WithFlock(answer));

        var token = Assert.Single(results.Select(result => result.SucceededWithNotes().Line).Distinct());
        Assert.NotNull(Endpoint.Grants.Find(token));

        // A hit takes no lock, and so has nothing to say of locks: those who came later.
        Assert.All(results, result => Assert.True(result.Error.Length == 0 || result.ErrorText.Contains("warning[AB0715]", StringComparison.Ordinal), result.ToString()));
        Assert.Contains(results, result => result.ErrorText.Contains(reason, StringComparison.Ordinal));
        Assert.Equal((1, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        return $"{Crowd.Told(Endpoint)}; {Many} successes with 1 credential (AB0715)";
    }

    private static Launch WithFlock(string answer) =>
        new(["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:" + answer, PublishedBinary.Path, .. Crowd.PatientGet]) { Program = "strace" };

    /// <summary>A process that has a mount namespace in which the cache is on a file system of its own, and that is full.</summary>
    private async Task<BrokerProcess> FillADiskAsync()
    {
        var disk = Sandbox.Start(new Launch(
            "--mount",
            "/bin/sh",
            "-c",
            "mount -t tmpfs -o size=64k,mode=0700 none \"$AOTBROKER_CACHE_DIR\"; cat /dev/zero >\"$AOTBROKER_CACHE_DIR/filled\" 2>/dev/null; echo full >&2; exec sleep 600")
        { Program = "unshare" });
        await disk.WaitForErrorAsync("full");
        return disk;
    }

    private static Launch OnDisk(BrokerProcess disk, Launch launch) =>
        launch with { Program = "nsenter", Arguments = [$"--mount=/proc/{disk.Id}/ns/mnt", launch.Program, .. launch.Arguments] };
}
