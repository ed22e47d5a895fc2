using System.Text;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Terraform's, Bazel's, Go's and keyring's helpers, to the octet.</summary>
public sealed class OtherProtocolTests : IDisposable
{
    private readonly HelperMachine _machine = new();

    public OtherProtocolTests() => _machine.Serve("host", """{"hosts":["app.example","*.mods.example/x"]}""");

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

    [Fact]
    public void Bazel_gets_headers_or_none()
    {
        Assert.Equal((0, $$$"""{"headers":{"Authorization":["Bearer {{{_machine.Token}}}"]},"expires":"{{{Times.Utc(HelperMachine.Early)}}}"}""" + "\n"), _machine.Call("bazel get", """{"uri":"https://app.example/a/b?c"}"""));
        Assert.Equal((0, """{"headers":{}}""" + "\n"), _machine.Call("bazel get", """{"uri":"https://other.example/"}"""));
        Assert.Equal((0, """{"headers":{}}""" + "\n"), _machine.Call("bazel get", "{}"));
        Expect.Error("AB0201", () => _machine.Call("bazel get", "{"));
        Expect.Error("AB0201", () => _machine.Call("bazel set", "{}"));
    }

    [Fact]
    public void Go_is_told_of_a_profile_that_was_named_and_else_of_what_it_asks_for()
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
    [InlineData("terraform get", "terraform get was called with other arguments than it takes")]
    [InlineData("keyring get", "keyring get was called with other arguments than it takes")]
    [InlineData("keyring get a b c", "keyring get was called with other arguments than it takes")]
    [InlineData("keyring set a b", "keyring has no verb \"set\"")]
    [InlineData("bazel get_all", "bazel has no verb \"get_all\"")]
    public void A_verb_that_is_there_is_not_denied(string line, string message) =>
        Assert.Equal(message, Expect.Error("AB0201", () => _machine.Call(line)).Message);

    [Theory]
    [InlineData("keyring set app.example me")]
    [InlineData("keyring del app.example me")]
    [InlineData("keyring get")]
    [InlineData("keyring get a b c")]
    [InlineData("keyring get a b --mode other")]
    [InlineData("keyring --list-backends")]
    public void Keyring_has_no_other_verb(string line) => Expect.Error("AB0201", () => _machine.Call(line));

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
