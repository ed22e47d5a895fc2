namespace AotBroker.Tests;

/// <summary>The program `keyring`, to the octet.</summary>
public sealed class KeyringProtocolTests : IDisposable
{
    private readonly HelperMachine _machine = new();

    public KeyringProtocolTests() => _machine.Serve("host", """{"hosts":["app.example","*.mods.example/x"]}""");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Keyring_prints_the_password_and_perhaps_the_user()
    {
        Assert.Equal((0, _machine.Token + "\n"), _machine.Call("keyring get https://app.example/simple/ me"));
        Assert.Equal((0, _machine.Token + "\n"), _machine.Call("keyring get app.example me"));
        Assert.Equal((0, $"token\n{_machine.Token}\n"), _machine.Call("keyring get app.example --mode creds"));
        Assert.Equal((0, $"me\n{_machine.Token}\n"), _machine.Call("keyring --mode=creds get app.example me"));
        Assert.Equal((1, ""), _machine.Call("keyring get other.example me"));
        Assert.Empty(_machine.Machine.Error.Octets);
    }

    /// <summary>PDM calls `keyring --mode=creds get URL ''` where the index's address has no user, and takes two lines or nothing.</summary>
    [Fact]
    public void Keyring_takes_an_empty_user_for_none()
    {
        Assert.Equal((0, $"token\n{_machine.Token}\n"), _machine.Call(["keyring", "--mode=creds", "get", "https://app.example/simple/", ""], []));
    }

    [Theory]
    [InlineData("keyring set app.example me")]
    [InlineData("keyring del app.example me")]
    [InlineData("keyring get")]
    [InlineData("keyring get a b c")]
    [InlineData("keyring get a b --mode other")]
    [InlineData("keyring --list-backends")]
    public void Keyring_has_no_other_verb(string line) => Expect.Error("AB0201", () => _machine.Call(line));
}
