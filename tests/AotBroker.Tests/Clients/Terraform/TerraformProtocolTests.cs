namespace AotBroker.Tests;

/// <summary>Terraform's credentials helper, to the octet.</summary>
public sealed class TerraformProtocolTests : IDisposable
{
    private readonly HelperMachine _machine = new();

    public TerraformProtocolTests() => _machine.Serve("host", """{"hosts":["app.example","*.mods.example/x"]}""");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Terraform_gets_a_token_or_nothing()
    {
        Assert.Equal((0, $$"""{"token":"{{_machine.Token}}"}""" + "\n"), _machine.Call("terraform get app.example"));
        Assert.Equal((0, "{}\n"), _machine.Call("terraform get other.example"));
        Assert.Equal((0, "{}\n"), _machine.Call("terraform get http://app.example"));
        Assert.Equal((0, "{}\n"), _machine.Call("terraform get other.example@app.example"));
        Assert.Equal((0, "{}\n"), _machine.Call("terraform get app.example/other.example"));
        Assert.Equal((0, "{}\n"), _machine.Call("terraform get app.example?other.example"));
        Assert.Equal((0, $$"""{"token":"{{_machine.Token}}"}""" + "\n"), _machine.Call("terraform get App.Example"));
        Assert.Equal((0, $$"""{"token":"{{_machine.Token}}"}""" + "\n"), _machine.Call("terraform --profile host get app.example"));
    }

    [Fact]
    public void Terraform_s_other_verbs()
    {
        Assert.Equal((0, ""), _machine.Call("terraform forget app.example"));
        Expect.Error("AB0201", () => _machine.Call("terraform store app.example", """{"token":"x"}"""));
        Expect.Error("AB0201", () => _machine.Call("terraform frob app.example"));
        Expect.Error("AB0201", () => _machine.Call("terraform get"));
    }
}
