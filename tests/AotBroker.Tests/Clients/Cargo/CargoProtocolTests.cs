namespace AotBroker.Tests;

/// <summary>cargo's provider, to the octet: failures are answers too.</summary>
public sealed class CargoProtocolTests : IDisposable
{
    private const string Hello = "{\"v\":[1]}\n";

    private readonly HelperMachine _machine = new();

    public CargoProtocolTests() => _machine.Serve("crates", """{"hosts":["index.example/"]}""");

    public void Dispose() => _machine.Dispose();

    private static string Request(string url, string kind = "get") => $$"""{"v":1,"registry":{"index-url":"{{url}}","name":"r"},"kind":"{{kind}}","operation":"read","args":[]}""" + "\n";

    private string Token() => $$$"""{"Ok":{"kind":"get","token":"{{{_machine.Token}}}","cache":"expires","expiration":{{{HelperMachine.Early}}},"operation_independent":true}}""" + "\n";

    [Theory]
    [InlineData("sparse+https://index.example/")]
    [InlineData("https://index.example/git/index")]
    [InlineData("registry+https://index.example/")]
    [InlineData("git+https://index.example/index")]
    [InlineData("sparse+https://index.example/a+b/")]
    [InlineData("https://index.example/+https://other.example/")]
    public void Get_is_answered(string url) => Assert.Equal((0, Hello + Token()), _machine.Call("cargo --cargo-plugin", Request(url)));

    [Theory]
    [InlineData("cargo", "--profile", "crates")]
    [InlineData("--profile=crates", "--verbose")]
    [InlineData("--profile", "none", "--profile", "crates")]
    public void What_cargos_configuration_says_after_the_program_is_in_the_request(params string[] arguments)
    {
        _machine.Serve("same", """{"hosts":["index.example/"]}"""); // Else one would do without being named.
        string list = string.Join(',', arguments.Select(static argument => $"\"{argument}\""));

        Assert.Equal(
            (0, Hello + Token()),
            _machine.Call("cargo --cargo-plugin", Request("https://index.example/").Replace("\"args\":[]", $"\"args\":[{list}]", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("""{"a":["--profile","none"]}""")]
    [InlineData("""[["--profile","none"]]""")]
    [InlineData("""[1,null]""")]
    [InlineData("\"--profile none\"")]
    public void Arguments_that_are_no_list_of_texts_are_none(string arguments) => Assert.Equal(
        (0, Hello + Token()),
        _machine.Call("cargo --cargo-plugin", Request("https://index.example/").Replace("[]", arguments, StringComparison.Ordinal)));

    [Theory]
    [InlineData("https://other.example/+https://index.example/")]
    [InlineData("https://other.example/x?+index.example")]
    [InlineData("https://other.example/a+index.example/index")]
    [InlineData("sparse+https://other.example/+https://index.example/")]
    [InlineData("sparse+https://other.example+https://index.example/")]
    [InlineData("sparse+sparse+https://index.example/")]
    [InlineData("+https://index.example/")]
    [InlineData("x+https://index.example/")]
    [InlineData("SPARSE+https://index.example/")]
    [InlineData("sparse+index.example/")]
    [InlineData("index.example/")]
    [InlineData("ssh://git@index.example/")]
    [InlineData("git@index.example/index")]
    public void No_other_registry_is_served(string url) =>
        Assert.Equal((0, Hello + """{"Err":{"kind":"url-not-supported"}}""" + "\n"), _machine.Call("cargo --cargo-plugin", Request(url)));

    [Fact]
    public void Every_line_is_answered()
    {
        const string refused = """{"Err":{"kind":"url-not-supported"}}""" + "\n";

        Assert.Equal(
            (0, Hello + refused + Token() + refused),
            _machine.Call("cargo --cargo-plugin", Request("sparse+https://other.example/") + Request("https://index.example") + Request("")));
    }

    [Theory]
    [InlineData("login")]
    [InlineData("logout")]
    [InlineData("future")]
    public void Other_kinds_are_not_supported(string kind) => Assert.Equal(
        (0, Hello + """{"Err":{"kind":"operation-not-supported"}}""" + "\n"),
        _machine.Call("cargo --cargo-plugin", Request("https://index.example/", kind)));

    [Theory]
    [InlineData("x\n")]
    [InlineData("{\n")]
    [InlineData("{\"kind\":\"get\"\0}\n")]
    [InlineData("[1]\n")]
    public void What_is_no_request_is_answered_with_an_error(string input)
    {
        (int exitCode, string output) = _machine.Call("cargo --cargo-plugin", input);

        Assert.Equal(0, exitCode);
        Assert.StartsWith(Hello + """{"Err":{"kind":"other","message":"AB0201: standard input is not a JSON object","caused-by":[""", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_no_request() => Assert.Equal((0, Hello), _machine.Call("cargo --cargo-plugin"));

    [Fact]
    public void A_failure_is_an_answer()
    {
        File.Delete(_machine.Machine.Home["token"]);

        (int exitCode, string output) = _machine.Call("cargo --cargo-plugin", Request("https://index.example/"));

        Assert.Equal(0, exitCode);
        Assert.StartsWith(Hello + """{"Err":{"kind":"other","message":"AB0402: """, output, StringComparison.Ordinal);
        Assert.Contains("error[AB0402]", _machine.Machine.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_cargo_it_says_how_cargo_calls() => Assert.Equal(
        ["in cargo's configuration: [registry] credential-provider = [\"aotbroker\", \"cargo\", \"--profile\", \"NAME\"]"],
        Expect.Error("AB0201", () => _machine.Call("cargo get")).Hints);
}
