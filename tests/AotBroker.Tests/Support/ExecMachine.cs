using AotBroker.Arguments;
using AotBroker.Brokering;
using AotBroker.Commands;

namespace AotBroker.Tests;

/// <summary>A machine that runs `exec`, with a profile `ci` of Anthropic's and a profile `id`, whose credential is the identity token itself.</summary>
internal sealed class ExecMachine : IAsyncDisposable
{
    private ExecMachine(FederatedMachine federated) => Federated = federated;

    public FederatedMachine Federated { get; }

    public Machine Machine => Federated.Machine;

    public string[] Errors => Machine.Error.Lines;

    /// <summary>The directories of commands.</summary>
    public string[] Directories => Directory.Exists(Machine.CacheDirectory + "/exec") ? Directory.GetDirectories(Machine.CacheDirectory + "/exec") : [];

    public static async Task<ExecMachine> StartAsync()
    {
        ExecMachine machine = new(await FederatedMachine.StartAsync());
        string identity = $$"""{ "source": "file", "path": "{{machine.Federated.TokenPath}}" }""";
        machine.Machine.WriteBrokerProfile("ci", machine.Anthropic(identity));
        machine.Machine.WriteBrokerProfile("id", machine.OwnToken());
        return machine;
    }

    public string Anthropic(string identity, string more = "") => $$"""
        {
          "identity": {{identity}},
          "exchange": {
            "type": "anthropic",
            "base_url": "{{Federated.Endpoint.HttpUrl}}",
            "federation_rule_id": "{{Federated.Endpoint.Rule.Id}}",
            "organization_id": "{{Federated.Endpoint.Rule.OrganizationId}}"
          }{{more}}
        }
        """;

    /// <summary>A profile that hands over the identity token.</summary>
    public string OwnToken(string more = "") => $$"""{ "identity": { "source": "file", "path": "{{Federated.TokenPath}}" }, "exchange": { "type": "none" }{{more}} }""";

    public Session NewSession() => new(Machine.Environment, Machine.Output.Stream, Machine.Reporter, verbose: false);

    /// <summary>Runs `exec` with these words.</summary>
    /// <returns>Its exit code; null where this process became the command.</returns>
    public int? Run(ImitatedProcess process, params string[] words)
    {
        ExecOptions options = ExecOptions.Of(CommandArguments.Of(CommandTable.Find(ExecOptions.Verb)!, words));
        try
        {
            return ExecCommand.Run(options, NewSession(), process);
        }
        catch (ImitatedProcess.Became)
        {
            return null;
        }
    }

    public ValueTask DisposeAsync() => Federated.DisposeAsync();
}
