using System.Text;
using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The published binary and the SPIFFE Workload API on gRPC's own server.</summary>
public sealed class SpiffeTests : BrokerTest
{
    private string Socket => Path.Combine(Sandbox.Root, "agent.sock");

    private string Log => Path.Combine(Sandbox.Root, "agent.log");

    private string TokenFile => Path.Combine(Sandbox.Root, "agent/token");

    [GrpcFact]
    public async Task Ten_processes_fetch_one_token_and_make_one_exchange()
    {
        UseFederationVariables();
        Sandbox.Environment.Remove("ANTHROPIC_IDENTITY_TOKEN_FILE");
        NewIdentityFile(name: "agent/token");
        await StartAgentAsync();

        var results = await Sandbox.RunTogetherAsync(10, _ => new Launch("get"));

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
        Assert.Equal(1, Endpoint.Events.Presentations);
        var audience = Encoding.ASCII.GetBytes("https://api.anthropic.com");
        var request = Convert.ToHexStringLower([0x0A, (byte)audience.Length, .. audience]);
        Assert.Equal($"true True {request}", Assert.Single(await File.ReadAllLinesAsync(Log)));
    }

    [GrpcFact]
    public async Task Identity_shows_what_the_agent_gives()
    {
        NewIdentityFile(name: "agent/token");
        await StartAgentAsync();

        using var json = JsonDocument.Parse((await Sandbox.RunAsync("identity", "--json")).Succeeded().OutputText);

        Assert.Equal("spiffe", json.RootElement.GetProperty("identity").GetProperty("source").GetString());
        Assert.Equal("SPIFFE_ENDPOINT_SOCKET", json.RootElement.GetProperty("identity").GetProperty("origin").GetString());
        Assert.Equal("cached", json.RootElement.GetProperty("identity").GetProperty("supply").GetString());
        Assert.True(json.RootElement.TryGetProperty("rotates_at", out _));
    }

    [GrpcFact]
    public async Task A_process_without_an_identity_is_told_to_be_registered()
    {
        UseFederationVariables();
        Sandbox.Environment.Remove("ANTHROPIC_IDENTITY_TOKEN_FILE");
        await StartAgentAsync();

        (await Sandbox.RunAsync("get", "--timeout", "20")).Failed("AB0409", 4).Says("no identity issued").Says("register this workload");

        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [GrpcFact]
    public async Task A_process_that_waits_is_served_when_the_agent_has_another_token()
    {
        UseFederationVariables();
        Sandbox.Environment.Remove("ANTHROPIC_IDENTITY_TOKEN_FILE");
        // Half of its life is over, so that the next one is due.
        NewIdentityFile(new TokenRequest { IssuedAtOffset = TimeSpan.FromSeconds(-200) }, "agent/token");
        await StartAgentAsync();
        (await Sandbox.RunAsync("get")).Succeeded();
        (await Sandbox.RunAsync("clear")).Succeeded();

        var process = Sandbox.Start("get", "--wait", "110");
        await process.WaitForErrorAsync("waiting for another identity token from the SPIFFE Workload API");
        NewIdentityFile(name: "agent/token");

        Assert.Equal(0, (await process.WaitAsync()).ExitCode);
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    private async Task StartAgentAsync()
    {
        Sandbox.Environment["SPIFFE_ENDPOINT_SOCKET"] = "unix://" + Socket;
        var script = Path.Combine(PublishedBinary.RepositoryRoot, "tests/AotBroker.EndToEnd.Tests/Harness/workload_api.py");
        _ = Sandbox.Start(new Launch(script, Socket, TokenFile, Log) { Program = GrpcFactAttribute.Python });
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (!File.Exists(Log))
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
