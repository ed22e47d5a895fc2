using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Clients that call a helper and go away too early, or never: no exchange is lost, and nothing waits for what does not come.</summary>
public sealed class ImpatientClientTests : BrokerTest
{
    private const string Url = "https://app.example";

    private static readonly Dictionary<string, (string Arguments, string Input)> s_calls = new()
    {
        ["docker"] = ("docker get", Url),
        ["git"] = ("git get", "protocol=https\\nhost=app.example\\n\\n"),
        ["cargo"] = ("cargo --cargo-plugin", $$"""{"v":1,"registry":{"index-url":"sparse+{{Url}}/"},"kind":"get"}\n"""),
        ["terraform"] = ("terraform get app.example", ""),
        ["bazel"] = ("bazel get", $$"""{"uri":"{{Url}}/x"}"""),
        ["goauth"] = ("goauth " + Url, ""),
        ["keyring"] = ("keyring get app.example bot", ""),
    };

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
        Sandbox.WriteProfile("default", new JsonObject
        {
            ["exchange"] = new JsonObject { ["type"] = "anthropic" },
            ["serves"] = new JsonObject { ["hosts"] = new JsonArray("app.example"), ["username"] = "bot" },
        });
        Sandbox.Environment["AOTBROKER_PROFILE"] = "default";
    }

    [Theory]
    [InlineData("docker", 1)]
    [InlineData("git", 1)]
    [InlineData("cargo", 0)] // Its answer begins before it has asked.
    [InlineData("terraform", 1)]
    [InlineData("bazel", 1)]
    [InlineData("goauth", 1)]
    [InlineData("keyring", 1)]
    public async Task Who_does_not_wait_for_the_answer_loses_no_exchange(string client, int presented)
    {
        var (arguments, input) = s_calls[client];
        // The reader has gone before the broker begins: the FIFO tells.
        var gone = Fifo("gone");
        var result = await Sandbox.RunScriptAsync(
            $"{{ read -r _ <'{gone}'; printf '{input}' | {{ \"$1\" {arguments}; echo \"exit $?\" >&2; }}; }} | {{ exec <&-; echo >'{gone}'; }}\n");

        result.Says("error[AB0706]").Says("Broken pipe").Says("exit 7");
        Assert.Empty(result.Output);
        Assert.Equal(presented, Endpoint.Events.Presentations);
        (await Sandbox.RunAsync("get")).Succeeded();
        Assert.Equal(1, Endpoint.Events.Presentations);
    }

    [Theory]
    [InlineData("</dev/null")]
    [InlineData("<&-")]
    public async Task Who_asks_for_nothing_is_given_nothing(string input)
    {
        var result = await Sandbox.RunScriptAsync(string.Concat(s_calls
            .Where(call => call.Value.Input.Length > 0)
            .Select(call => $"\"$1\" {call.Value.Arguments} {input} >'{Sandbox.Root}/{call.Key}' 2>>'{Sandbox.Root}/errors'; echo '{call.Key}' $?\n")));

        var isClosed = input == "<&-";
        Assert.Equal(isClosed ? "docker 1\ngit 2\ncargo 2\nbazel 2\n" : "docker 1\ngit 0\ncargo 0\nbazel 2\n", result.OutputText);
        Assert.Equal("{\"v\":[1]}\n", await File.ReadAllTextAsync($"{Sandbox.Root}/cargo"));
        Assert.StartsWith(isClosed ? "AB0201" : "no credentials server URL", await File.ReadAllTextAsync($"{Sandbox.Root}/docker"), StringComparison.Ordinal);
        Assert.Equal(0, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Git_is_answered_although_it_leaves_the_broker_s_input_open()
    {
        var answered = Fifo("answered");

        var result = await Sandbox.RunScriptAsync($"{{ printf '{s_calls["git"].Input}'; read -r _ <'{answered}'; }} | {{ \"$1\" git get; echo >'{answered}'; }}\n");

        Assert.StartsWith("username=bot\npassword=", result.Succeeded().OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cargo_is_answered_line_by_line()
    {
        var answered = Fifo("answered");

        var result = await Sandbox.RunScriptAsync(
            $"{{ printf '{s_calls["cargo"].Input}'; read -r _ <'{answered}'; }} | \"$1\" cargo --cargo-plugin | {{ read -r _; read -r answer; echo >'{answered}'; echo \"$answer\"; cat; }}\n");

        Assert.StartsWith("{\"Ok\":{\"kind\":\"get\"", result.Succeeded().Line, StringComparison.Ordinal);
    }

    private string Fifo(string name)
    {
        var path = Path.Combine(Sandbox.Root, name);
        Posix.MakeFifo(path);
        return path;
    }
}
