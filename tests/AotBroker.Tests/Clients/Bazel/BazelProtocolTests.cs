using AotBroker.Runtime;

namespace AotBroker.Tests;

/// <summary>Bazel's credential helper, to the octet.</summary>
public sealed class BazelProtocolTests : IDisposable
{
    private readonly HelperMachine _machine = new();

    public BazelProtocolTests() => _machine.Serve("host", """{"hosts":["app.example","*.mods.example/x"]}""");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Bazel_gets_headers_or_none()
    {
        Assert.Equal((0, $$$"""{"headers":{"Authorization":["Bearer {{{_machine.Token}}}"]},"expires":"{{{Times.Utc(HelperMachine.Early)}}}"}""" + "\n"), _machine.Call("bazel get", """{"uri":"https://app.example/a/b?c"}"""));
        Assert.Equal((0, """{"headers":{}}""" + "\n"), _machine.Call("bazel get", """{"uri":"https://other.example/"}"""));
        Assert.Equal((0, """{"headers":{}}""" + "\n"), _machine.Call("bazel get", "{}"));
        Expect.Error("AB0201", () => _machine.Call("bazel get", "{"));
        Expect.Error("AB0201", () => _machine.Call("bazel set", "{}"));
    }
}
