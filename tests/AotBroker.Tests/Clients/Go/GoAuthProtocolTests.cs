namespace AotBroker.Tests;

/// <summary>Go's GOAUTH command, to the octet.</summary>
public sealed class GoAuthProtocolTests : IDisposable
{
    private readonly HelperMachine _machine = new();

    public GoAuthProtocolTests() => _machine.Serve("host", """{"hosts":["app.example","*.mods.example/x"]}""");

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Go_gets_what_a_named_profile_serves_at_once_and_else_what_it_asks_for()
    {
        Assert.Equal((0, ""), _machine.Call("goauth"));
        Assert.Equal((0, $"https://app.example\n\nAuthorization: Bearer {_machine.Token}\n\n"), _machine.Call("goauth --profile host"));
        Assert.Equal((0, $"https://a.mods.example/x\n\nAuthorization: Bearer {_machine.Token}\n\n"), _machine.Call("goauth https://a.mods.example/x/y"));
        Assert.Equal((0, ""), _machine.Call("goauth https://a.mods.example/other"));
        Assert.Equal((0, ""), _machine.Call("goauth http://app.example/"));
    }

    /// <summary>Go calls without a URL in every run, before it fetches anything: that must not spend what other clients are for.</summary>
    [Fact]
    public void Go_s_first_call_exchanges_nothing_for_a_profile_that_is_not_for_go()
    {
        _machine.Machine.WriteBrokerProfile("model", """{"identity":{"source":"file","path":"/not/there"},"exchange":{"type":"none"}}""");
        _machine.Machine.WriteBrokerProfile("below", """{"identity":{"source":"file","path":"/not/there"},"exchange":{"type":"none"},"serves":{"hosts":["https://*.below.example"]}}""");

        Assert.Equal((0, ""), _machine.Call("goauth --profile below")); // Go is told once it has a URL.
        Expect.Error("AB0306", () => _machine.Call("goauth --profile model"));
        _machine.Machine.Variables["AOTBROKER_PROFILE"] = "model";
        Assert.Equal((0, ""), _machine.Call("goauth"));
        Assert.StartsWith("https://app.example\n", _machine.Call("goauth https://app.example/x").Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 401 Unauthorized\r\nDate: x\r\n\r\n", 61, true)]
    [InlineData("HTTP/2.0 401 Unauthorized\n", 61, true)]
    [InlineData("HTTP/1.1 401 Unauthorized\r\n\r\n", 30, false)] // It had just been made: another one would be refused too.
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", 61, false)]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n", 61, false)]
    [InlineData("x 401", 61, false)]
    [InlineData("", 61, false)]
    public void What_refused_an_older_token_is_given_a_new_one(string answer, int age, bool isNew)
    {
        string first = _machine.Token;
        _machine.Call("goauth https://app.example/");
        string second = _machine.Rotate();
        _machine.Machine.Clock.Advance(age);

        Assert.Contains(isNew ? second : first, _machine.Call("goauth https://app.example/m", answer).Output, StringComparison.Ordinal);
    }
}
