using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Every user of a machine sees the arguments of all processes: no secret is among those that the broker starts.</summary>
public sealed class ChildArgumentsTests : BrokerTest
{
    [StraceFact]
    public async Task No_process_that_is_started_has_a_secret_among_its_arguments()
    {
        // The token comes from a program that the broker starts, and the credential goes to one that it becomes.
        Sandbox.WriteProfile("p", NewProfile(new JsonObject
        {
            ["source"] = "command",
            ["command"] = new JsonArray("/bin/cat", NewIdentityFile()),
        }));
        // A file for each process: in one for all, calls that overlap are told in halves.
        var traces = Directory.CreateDirectory(Path.Combine(Sandbox.Root, "traces")).FullName;

        var result = await Sandbox.RunAsync(new Launch(
            "-ff", "-qq", "-s", "99999", "-e", "trace=execve", "-o", Path.Combine(traces, "process"),
            PublishedBinary.Path, "exec", "--profile", "p", "--", "/bin/sh", "-c", "exec \"$0\" get --profile p", PublishedBinary.Path)
        { Program = "strace" });

        Assert.NotNull(Endpoint.Grants.Find(result.Succeeded().Line));
        var started = Directory.GetFiles(traces).SelectMany(File.ReadAllLines).Where(line => line.EndsWith(" = 0", StringComparison.Ordinal)).ToArray();
        string[] expected = ["\"/bin/cat\"", "\"companion\", \"stay\"", "\"/bin/sh\"", "\"get\""];
        Assert.All(expected, one => Assert.Contains(started, line => line.Contains(one, StringComparison.Ordinal)));
        Silence.Check(Sandbox);
        ReliabilityTable.Check(
            fault: "another user lists the processes",
            "strace records the arguments of all that an `exec` starts: the program that gives the identity, the companion, the command, a `get` in it",
            "1",
            $"{expected.Length} kinds of processes, no secret in an argument");
    }
}
