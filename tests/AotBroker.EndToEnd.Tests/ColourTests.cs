namespace AotBroker.EndToEnd.Tests;

/// <summary>Escape sequences are for terminals, and for those who want them.</summary>
public sealed class ColourTests : IDisposable
{
    private const char Escape = '\x1b';

    private readonly Sandbox _sandbox = new();

    [Fact]
    public async Task On_a_terminal_the_label_is_coloured() =>
        Assert.Contains($"aotbroker: {Escape}[31merror[AB0304]{Escape}[0m: ", await OnATerminalAsync(), StringComparison.Ordinal);

    [Fact]
    public async Task With_NO_COLOR_it_is_not()
    {
        _sandbox.Environment["NO_COLOR"] = "1";

        var text = await OnATerminalAsync();

        Assert.Contains("aotbroker: error[AB0304]: ", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, text);
    }

    [Fact]
    public async Task On_a_dumb_terminal_it_is_not()
    {
        var text = await OnATerminalAsync("dumb");

        Assert.Contains("aotbroker: error[AB0304]: ", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Escape, text);
    }

    [Fact]
    public async Task The_status_marks_what_is_right_and_what_is_not()
    {
        _sandbox.Environment["ANTHROPIC_FEDERATION_RULE_ID"] = "fdrl_1";
        _sandbox.Environment["ANTHROPIC_ORGANIZATION_ID"] = "3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f";
        _sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = _sandbox.WriteFile("token", "x");
        _sandbox.Environment["ANTHROPIC_API_KEY"] = "";

        var status = await OnATerminalAsync("xterm-256color", "stty cols 60; AOTBROKER status", 4);

        Assert.Contains($"{Escape}[32m✓{Escape}[0m the federation variables", status, StringComparison.Ordinal);
        Assert.Contains($"{Escape}[31m✗{Escape}[0m an error", status, StringComparison.Ordinal);
        Assert.DoesNotContain("✓", (await _sandbox.RunAsync("status")).OutputText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("get", "--profile", ".")]
    [InlineData("status")]
    [InlineData("--help")]
    [InlineData("get", "--help")]
    [InlineData("version")]
    public async Task Without_a_terminal_there_is_no_escape(params string[] arguments)
    {
        _sandbox.Environment["TERM"] = "xterm-256color";
        _sandbox.Environment["FORCE_COLOR"] = "1";

        var result = await _sandbox.RunAsync(arguments);

        Assert.DoesNotContain(Escape, result.OutputText + result.ErrorText);
    }

    [Fact]
    public async Task What_comes_from_outside_cannot_move_the_cursor()
    {
        var result = (await _sandbox.RunAsync("get", "--profile", "a\x1b[2Jb\rc\x9b\u202e")).Failed("AB0304", 3);

        result.Says("a\\u001b[2Jb c\\u009b\\u202e"); // A line break is a space.
        Assert.DoesNotContain(Escape, result.ErrorText);
    }

    public void Dispose()
    {
        Silence.Check(_sandbox);
        _sandbox.Dispose();
    }

    /// <summary>What is said when the standard streams are a terminal.</summary>
    private async Task<string> OnATerminalAsync(string terminal = "xterm-256color", string command = "AOTBROKER get --profile .", int exitCode = 3)
    {
        _sandbox.Environment["TERM"] = terminal;
        _sandbox.Environment["SHELL"] = "/bin/sh";
        var result = await _sandbox.RunAsync(new Launch(
            "--quiet", "--return", "--command", command.Replace("AOTBROKER", PublishedBinary.Path, StringComparison.Ordinal), "/dev/null")
        { Program = "script" });
        Assert.Equal(exitCode, result.ExitCode);
        return result.OutputText;
    }
}
