namespace AotBroker.Tests;

/// <summary>Which profile serves what a client asks for.</summary>
public sealed class ServingProfileTests : IDisposable
{
    private readonly HelperMachine _machine = new();

    public ServingProfileTests() => _machine.Serve("host", """{"hosts":["app.example","*.mods.example/x"]}""");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void The_closest_profile_is_the_one()
    {
        string near = _machine.Serve("near", """{"hosts":["app.example/team"],"username":"near"}""");
        _machine.Serve("star", """{"hosts":["*.example"],"username":"star"}""");
        _machine.Machine.WriteBrokerProfile("broken", "{");

        Assert.StartsWith("near\n", _machine.Call("keyring get https://app.example/team/x --mode creds").Output, StringComparison.Ordinal);
        Assert.StartsWith("token\n", _machine.Call("keyring get https://app.example/x --mode creds").Output, StringComparison.Ordinal);
        Assert.StartsWith("star\n", _machine.Call("keyring get https://other.example/ --mode creds").Output, StringComparison.Ordinal);

        File.Copy(near, near.Replace("near.json", "twin.json", StringComparison.Ordinal));
        var error = Expect.Error("AB0305", () => _machine.Call("keyring get https://app.example/team me"));
        Assert.Contains("\"near\" and \"twin\" both serve app.example", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_that_was_named_serves_alone()
    {
        _machine.Serve("other", """{"hosts":["other.example"]}""");

        Assert.Equal((1, ""), _machine.Call("keyring --profile other get app.example me"));
        Assert.Contains("profile \"other\" does not serve app.example", _machine.Machine.Error.Text, StringComparison.Ordinal);

        _machine.Machine.Variables["AOTBROKER_PROFILE"] = "other"; // Is preferred, and no more.
        Assert.Equal(0, _machine.Call("keyring get other.example me").ExitCode);
        Assert.Equal(0, _machine.Call("keyring get app.example me").ExitCode);
    }

    [Fact]
    public void A_profile_that_names_no_host_serves_none()
    {
        _machine.Machine.WriteBrokerProfile("host", $$$"""{"identity":{"source":"file","path":"{{{_machine.Machine.Home["token"]}}}"},"exchange":{"type":"none"}}""");

        Assert.Equal((1, ""), _machine.Call("keyring get app.example me"));
        Assert.Equal((1, ""), _machine.Call("keyring --profile host get app.example me"));
    }
}
