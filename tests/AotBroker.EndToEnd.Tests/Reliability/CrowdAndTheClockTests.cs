using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The machine's clock is stepped by a day, and five hundred processes ask.</summary>
/// <remarks>
/// No process can be given another time of day (a time namespace moves the monotonic clocks alone, and the binary is static
/// and asks no library), and the machine's own clock is not a test's to set. But what a step changes is the distance between
/// the clock and every instant that was written before it. So it is those that are moved, by a day in the other direction:
/// all in the cache's files and, where the rest of the world keeps its time, the endpoint's clock and with it the identity
/// tokens. To the broker both are the same: it compares what it reads with the clock, and knows no other time.
/// </remarks>
[Collection(Bursts.Name)]
public sealed class CrowdAndTheClockTests : BrokerTest
{
    private static readonly string[] s_instants = ["issued_at", "expires_at", "presented_at", "lost_at", "refused_at", "until"];

    private const string How = "every instant in the cache is moved by a day";

    [Theory]
    [InlineData(1, "AB0406")]
    [InlineData(-1, "AB0407")]
    public async Task It_is_wrong_for_a_while(int days, string code)
    {
        UseFederationVariables();
        var token = (await Sandbox.RunAsync("get")).Succeeded().Line;

        // The machine's clock is a step ahead of the world's: the world, and what was written, are that much behind.
        var identity = Endpoint.Issuer.Mint();
        Step(days);
        Endpoint.Clock.Advance(TimeSpan.FromDays(-days));
        NewIdentityFile();
        var wrong = await Crowd.RunAsync(Sandbox, "get");
        Step(-days);
        Endpoint.Clock.Advance(TimeSpan.FromDays(days));
        Sandbox.WriteIdentity(identity);
        var right = await Crowd.RunAsync(Sandbox, "get");

        await wrong.FailedAsync(code);
        Assert.Equal(token, await right.CredentialAsync());
        Assert.Equal(1, Endpoint.Events.Presentations);
        var seen = $"{Crowd.Told(Endpoint)}; meanwhile: {await wrong.ToldAsync()}; afterwards: {await right.ToldAsync()}";
        const string HowOfAll = How + ", the endpoint's clock and the identity token too; then back";
        if (days > 0)
        {
            ReliabilityTable.Check(fault: "the clock is stepped forward by a day, and back", HowOfAll, Crowd.Runs + ", twice", seen);
        }
        else
        {
            ReliabilityTable.Check(fault: "the clock is stepped back by a day, and forward", HowOfAll, Crowd.Runs + ", twice", seen);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task It_was_wrong_before(int days)
    {
        UseFederationVariables();
        var old = (await Sandbox.RunAsync("get")).Succeeded().Line;

        Step(days);
        var spent = await Sandbox.RunAsync("get");
        NewIdentityFile();
        var crowd = await Crowd.RunAsync(Sandbox, "get");

        // What was presented before the step stays presented.
        Assert.Equal(4, spent.ExitCode);
        spent.Says("error[AB0408]");
        var token = await crowd.CredentialAsync();
        Assert.NotEqual(old, token);
        Assert.NotNull(Endpoint.Grants.Find(token));
        Assert.Equal((2, 0), (Endpoint.Events.Presentations, Aftermath.Repeated(Endpoint)));
        var seen = $"{Crowd.Told(Endpoint)}; with the token from before the step: AB0408; with a new one: {await crowd.ToldAsync()}";
        const string Runs = "one process, then after a new token " + "500 at once";
        if (days > 0)
        {
            ReliabilityTable.Check(fault: "a clock that was a day behind is corrected", How, Runs, seen);
        }
        else
        {
            ReliabilityTable.Check(fault: "a clock that was a day ahead is corrected", How, Runs, seen);
        }
    }

    /// <summary>Moves the clock: what was written is now so much further in the past, or comes nearer.</summary>
    private void Step(int days)
    {
        foreach (var path in Directory.GetFiles(Sandbox.Cache, "*.json"))
        {
            var document = JsonNode.Parse(File.ReadAllText(path))!;
            Move(document, -days * 86400L);
            File.WriteAllText(path, document.ToJsonString());
        }
    }

    private static void Move(JsonNode node, long seconds)
    {
        if (node is JsonArray array)
        {
            foreach (var element in array)
            {
                Move(element!, seconds);
            }
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.ToArray())
            {
                if (s_instants.Contains(name))
                {
                    members[name] = value!.GetValue<long>() + seconds;
                }
                else if (value is JsonArray or JsonObject)
                {
                    Move(value, seconds);
                }
            }
        }
    }
}
