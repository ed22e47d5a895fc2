using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Reporting;

namespace AotBroker.Tests;

/// <summary>What every helper protocol refuses.</summary>
public sealed class HelperProtocolsTests : IDisposable
{
    private readonly HelperMachine _machine = new();

    public HelperProtocolsTests() => _machine.Serve("host", """{"hosts":["app.example","*.mods.example/x"]}""");

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("terraform get", "terraform get was called with other arguments than it takes")]
    [InlineData("keyring get", "keyring get was called with other arguments than it takes")]
    [InlineData("keyring get a b c", "keyring get was called with other arguments than it takes")]
    [InlineData("keyring set a b", "keyring has no verb \"set\"")]
    [InlineData("bazel get_all", "bazel has no verb \"get_all\"")]
    public void A_verb_that_is_there_is_not_denied(string line, string message) =>
        Assert.Equal(message, Expect.Error("AB0201", () => _machine.Call(line)).Message);

    [Fact]
    public void Standard_input_that_is_closed_is_an_error()
    {
        HelperCall call = HelperCall.OfName(["bazel", "get"])!;

        Expect.Error("AB0201", () => call.Run(new Session(_machine.Machine.Environment, _machine.Machine.Output.Stream, _machine.Machine.Reporter, false, new StandardInput(int.MaxValue))));
    }

    [Fact]
    public void A_client_that_is_gone_is_an_error()
    {
        HelperCall call = HelperCall.OfName(["keyring", "get", "app.example", "me"])!;

        Expect.Error("AB0706", () => call.Run(new Session(_machine.Machine.Environment, new StandardStream(int.MaxValue), _machine.Machine.Reporter, false)));
    }
}
