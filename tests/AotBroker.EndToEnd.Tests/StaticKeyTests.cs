namespace AotBroker.EndToEnd.Tests;

/// <summary>A leftover static key that would shadow the credential does not reach the command, and is told.</summary>
public sealed class StaticKeyTests : BrokerTest
{
    private const string Key = "sk-ant-api03-a-leftover-key-of-this-test";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseFederationVariables();
        Sandbox.AddSecret(Key);
    }

    [Theory]
    [InlineData("ANTHROPIC_API_KEY", Key)]
    [InlineData("ANTHROPIC_AUTH_TOKEN", Key)]
    [InlineData("CLAUDE_CODE_OAUTH_TOKEN", Key)]
    [InlineData("ANTHROPIC_API_KEY", "")]
    public async Task It_is_taken_out_of_the_commands_environment_with_a_warning(string variable, string value)
    {
        Sandbox.Environment[variable] = value;

        var result = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", $"echo \"${{{variable}-unset}}\"");

        Assert.Equal("unset", result.SucceededWith("AB0801").Says($"{variable} is set").Says("--keep-static-keys").Line);
    }

    [Fact]
    public async Task All_three_are_taken_out_and_told()
    {
        string[] variables = ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "CLAUDE_CODE_OAUTH_TOKEN"];
        Array.ForEach(variables, variable => Sandbox.Environment[variable] = Key);

        var result = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", "env | grep -c -E '^(ANTHROPIC_API_KEY|ANTHROPIC_AUTH_TOKEN|CLAUDE_CODE_OAUTH_TOKEN)='");

        Assert.Equal("0\n", result.OutputText);
        Assert.All(variables, variable => result.Says($"warning[AB0801]: {variable} is set"));
    }

    [Theory]
    [InlineData("exec", "--keep-static-keys", "--")]
    [InlineData("exec", "--keep-static-keys")]
    public async Task It_is_left_where_that_is_asked_for_and_told_all_the_same(params string[] arguments)
    {
        Sandbox.Environment["ANTHROPIC_API_KEY"] = Key;

        var result = await Sandbox.RunAsync([.. arguments, "/bin/sh", "-c", "echo \"$ANTHROPIC_API_KEY\""]);

        Assert.Equal(Key, result.SucceededWith("AB0802").Says("ANTHROPIC_API_KEY is set").Line);
    }

    [Fact]
    public async Task Without_one_nothing_is_said() => (await Sandbox.RunAsync("exec", "--", "true")).Succeeded();
}
