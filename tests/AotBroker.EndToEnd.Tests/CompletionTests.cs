namespace AotBroker.EndToEnd.Tests;

/// <summary>The shells' completion, as a shell uses it.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Theory]
    [InlineData("aotbroker ", "clear completion exec get identity schema status version")]
    [InlineData("aotbroker schema pro", "profile")]
    [InlineData("aotbroker st", "status")]
    [InlineData("aotbroker get --f", "--force-refresh --format")]
    [InlineData("aotbroker get --format he", "header")]
    [InlineData("aotbroker identity --p", "--print-token --profile")]
    [InlineData("aotbroker setup c", "claude-code")]
    [InlineData("aotbroker completion ", "bash fish zsh")]
    [InlineData("aotbroker get --verbose --", "--format --wait --help")]
    [InlineData("aotbroker get --profile get --mi", "--min-ttl")]
    public async Task Bash_completes_what_was_begun(string line, string expected)
    {
        const string script = """
            PATH=$1:$PATH
            source <(aotbroker completion bash) || exit
            COMP_LINE=$2 COMP_POINT=${#2}
            read -r -a COMP_WORDS <<<"$2"
            [[ $2 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _aotbroker
            printf '%s\n' "${COMPREPLY[@]}"
            """;

        var result = await _sandbox.RunAsync(new Launch("-c", script, "bash", Path.GetDirectoryName(PublishedBinary.Path)!, line) { Program = "bash" });

        Assert.Subset(
            result.Succeeded().OutputText.Split('\n').ToHashSet(),
            expected.Split(' ').ToHashSet());
        var begun = line.Split(' ')[^1];
        Assert.All(result.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries), word => Assert.StartsWith(begun, word, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[suggest:17]", "aotbroker get --f --verbose", "--force-refresh --format")] // the cursor is before the end
    [InlineData("[suggest]", "aotbroker get --format json --fo", "--force-refresh")] // what is there is not offered again
    [InlineData("[suggest]", "aotbroker get --profile ", "")] // any word
    [InlineData("[suggest]", "aotbroker exec -- git st", "")] // the command's own words
    [InlineData("[suggest:x]", "aotbroker ge", "get")]
    public async Task Only_what_can_follow_is_offered(string directive, string line, string expected) =>
        Assert.Equal(expected.Replace(' ', '\n'), (await _sandbox.RunAsync(directive, line)).Succeeded().OutputText.Trim());

    [Fact]
    public async Task Another_shell_is_a_usage_error() => (await _sandbox.RunAsync("completion", "csh")).Failed("AB0201", 2).Says("csh");

    public void Dispose()
    {
        Silence.Check(_sandbox);
        _sandbox.Dispose();
    }
}
