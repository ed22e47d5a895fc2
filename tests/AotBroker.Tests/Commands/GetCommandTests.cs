using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Commands;
using AotBroker.Reporting;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>`get`, from its options to the two standard streams.</summary>
public sealed class GetCommandTests
{
    private static int Run(FederatedMachine machine, GetOptions options) => GetCommand.Run(
        options, new Session(machine.Machine.Environment, machine.Machine.Output.Stream, machine.Machine.Reporter, options.Verbose));

    [Fact]
    public async Task Standard_output_has_the_credential_and_nothing_else()
    {
        // Invariant 5.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();

        Assert.Equal(0, Run(machine, new GetOptions()));

        string line = machine.Machine.Output.Text;
        Assert.EndsWith("\n", line, StringComparison.Ordinal);
        Assert.NotNull(machine.Endpoint.Grants.Find(line[..^1]));
        Assert.Empty(machine.Machine.Error.Octets);
    }

    [Fact]
    public async Task An_error_leaves_standard_output_empty()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Status(401));

        Expect.Error("AB0501", () => Run(machine, new GetOptions()));

        Assert.Empty(machine.Machine.Output.Octets);
    }

    [Fact]
    public async Task With_verbose_every_step_is_told_and_no_secret()
    {
        // Invariant 5.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(Fault.EchoAssertionInBody(inMessage: true, status: 500));

        Run(machine, new GetOptions { Verbose = true });

        string error = machine.Machine.Error.Text;
        Assert.Contains("identity from ACTIONS_ID_TOKEN_REQUEST_URL", error, StringComparison.Ordinal);
        Assert.Contains("attempt 1 failed: the token endpoint failed (HTTP 500", error, StringComparison.Ordinal);
        Assert.Contains("exchanged in", error, StringComparison.Ordinal);
        Assert.DoesNotContain(machine.Machine.Output.Text.Trim(), error, StringComparison.Ordinal);
        Assert.DoesNotContain(machine.Endpoint.GitHubRequestToken, error, StringComparison.Ordinal);
        Assert.DoesNotContain("eyJ", error, StringComparison.Ordinal);
        Assert.All(machine.Machine.Error.Lines, static line => Assert.StartsWith("aotbroker: ", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("debug", true)]
    [InlineData("", false)]
    [InlineData("info", false)]
    public async Task Aotbroker_log_turns_it_on_too(string value, bool isOn)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.Variables["AOTBROKER_LOG"] = value;

        Run(machine, new GetOptions());

        Assert.Equal(isOn, machine.Machine.Error.Octets.Length > 0);
    }

    [Fact]
    public async Task A_minimum_life_that_cannot_be_had_is_served_with_a_warning()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();

        Run(machine, new GetOptions { MinimumLife = 3600 });

        Assert.Contains("warning[AB0803]: --min-ttl 3600 cannot be met: the endpoint grants 600 s", machine.Machine.Error.Text, StringComparison.Ordinal);
        Assert.NotEmpty(machine.Machine.Output.Octets);
    }

    [Fact]
    public async Task A_slip_in_the_profile_is_a_warning()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        string file = machine.Machine.WriteBrokerProfile("ci", """{"exchange":{"type":"anthropic","workspace":"default"}}""");

        Run(machine, new GetOptions { Profile = "ci" });

        Assert.Equal(
            $"aotbroker: warning[AB0311]: {file}: line 1, column 33, /exchange/workspace: unknown member, did you mean \"workspace_id\"?\n",
            machine.Machine.Error.Text);
    }

    [Fact]
    public async Task The_address_is_named_in_the_environment_format()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();

        Run(machine, new GetOptions { Format = CredentialFormats.Find("env") });

        Assert.Equal(2, machine.Machine.Output.Lines.Length);
        Assert.Equal($"ANTHROPIC_BASE_URL={machine.Endpoint.HttpUrl}", machine.Machine.Output.Lines[1]);
    }

    [Fact]
    public async Task A_standard_output_that_is_closed_is_an_error()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Session session = new(machine.Machine.Environment, new StandardStream(int.MaxValue), machine.Machine.Reporter, verbose: false);

        Expect.Error("AB0706", () => GetCommand.Run(new GetOptions(), session));
    }
}
