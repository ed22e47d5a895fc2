namespace AotBroker.EndToEnd.Tests;

/// <summary>The shells' completion, as a shell uses it.</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public CompletionTests()
    {
        _sandbox.WriteFile("config/aotbroker/profiles/ci.json", """{"identity":{"source":"file","path":"/x"},"exchange":{"type":"none"}}""");
        _sandbox.Environment["PATH"] = Path.GetDirectoryName(PublishedBinary.Path) + ":" + _sandbox.Environment["PATH"];
        _sandbox.Environment["TERM"] = "xterm";
    }

    /// <summary>What was begun, and what each shell then offers, in this order.</summary>
    public static TheoryData<string, string> Lines => new()
    {
        { "aotbroker sta", "status" },
        { "aotbroker get --f", "--force-refresh --format" },
        { "aotbroker get --format he", "header" },
        { "aotbroker get --format json --fo", "--force-refresh" },
        { "aotbroker get --profile ", "ci" },
        { "aotbroker get --profile=c", "--profile=ci" },
        { "aotbroker keep --profile ", "ci" },
        { "aotbroker exec --with ", "ci" },
        { "aotbroker exec --with ci:an", "ci:anthropic" },
        { "aotbroker exec --with=ci:an", "--with=ci:anthropic" },
        { "aotbroker setup clau", "claude-code" },
        { "aotbroker schema pres", "presented-token" },
        { "aotbroker completion ", "bash fish zsh" },
        { "aotbroker exec -- aotbrok", "aotbroker" },
        { "aotbroker exec --profile=ci -- aotbrok", "aotbroker" },
        { "aotbroker exec aotbroker get --forc", "--force-refresh" },
    };

    [Theory]
    [MemberData(nameof(Lines))]
    [InlineData("aotbroker keep --publish /usr/shar", "/usr/share")]
    [InlineData("aotbroker link /usr/shar", "/usr/share")]
    public async Task Bash_completes_what_was_begun(string line, string expected)
    {
        // As readline does it: its words end at an equals sign and a colon too, and what it replaces is the last of them.
        const string Script = """
            source <(aotbroker completion bash) || exit
            # What bash-completion has: the completion of a command that stands further on in the line.
            _command_offset() {
              COMP_WORDS=("${COMP_WORDS[@]:$1}") COMP_CWORD=$((COMP_CWORD - $1)) COMP_LINE=${COMP_LINE#* exec } COMP_LINE=${COMP_LINE#*-- }
              COMP_POINT=${#COMP_LINE}
              if ((COMP_CWORD == 0)); then COMPREPLY=($(compgen -c -- "${COMP_WORDS[0]}")); else _aotbroker; fi
            }
            COMP_LINE=$1 COMP_POINT=${#1}
            apart=${1//=/ = } apart=${apart//:/ : }
            read -r -a COMP_WORDS <<<"$apart"
            [[ $1 == *' ' ]] && COMP_WORDS+=('')
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            last=${COMP_WORDS[COMP_CWORD]} before=${1##* }
            _aotbroker
            for word in "${COMPREPLY[@]}"; do printf '%s\n' "${before%"$last"}$word"; done
            """;

        AssertOffered(expected, await _sandbox.RunAsync(new Launch("-c", Script, "bash", line) { Program = "bash" }));
    }

    [ToolTheory("fish")]
    [MemberData(nameof(Lines))]
    [InlineData("aotbroker keep --publish /usr/shar", "/usr/share")]
    public async Task Fish_completes_what_was_begun(string line, string expected) =>
        AssertOffered(expected, await _sandbox.RunAsync(new Launch("--no-config", "-c", "aotbroker completion fish | source; complete -C \"$argv[1]\" | string replace -r '/?(\\t.*)?$' ''", line) { Program = "fish" }));

    [ToolTheory("zsh")]
    [MemberData(nameof(Lines))]
    [InlineData("aotbroker keep --publish /usr/shar", "share usr")] // It completes a path by its parts.
    public async Task Zsh_completes_what_was_begun(string line, string expected)
    {
        // On a terminal of its own; what is offered is what the line editor is given.
        const string Script = """
            zmodload zsh/zpty
            offered=$1/offered
            : >$offered
            zpty shell zsh -f -i
            zpty -w shell "PS1= ; autoload -Uz compinit && compinit -u -D; source <(aotbroker completion zsh)"
            zpty -w shell "compadd() { local -a hits; builtin compadd -O hits \"\$@\"; print -rl -- \$IPREFIX\${^hits} >>$offered; builtin compadd \"\$@\" }"
            zpty -w shell "finish() { print -r -- :end >>$offered }; zle -N finish; bindkey '^X' finish; unsetopt listbeep; LISTMAX=1000"
            zpty -w -n shell "$2"$'\t\x18'
            repeat 600; do grep -q '^:end' $offered && break; sleep 0.1; done
            zpty -d shell
            grep -v '^:end' $offered | grep . | sort -u
            """;

        AssertOffered(expected, await _sandbox.RunAsync(new Launch("-f", "-c", Script, "zsh", _sandbox.Root, line) { Program = "zsh" }));
    }

    private static void AssertOffered(string expected, ProcessResult result) =>
        Assert.Equal(expected.Split(' '), result.OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));

    [ToolFact("fish")]
    public async Task What_is_offered_is_described()
    {
        var offered = await _sandbox.RunAsync(new Launch("--no-config", "-c", "aotbroker completion fish | source; complete -C 'aotbroker sta'; complete -C 'aotbroker get --profile '") { Program = "fish" });
        Assert.Equal("status\tShow which credential would be used here, and why\nci\tnone\n", offered.Succeeded().OutputText);
        var lines = (await _sandbox.RunAsync("[suggest]", "")).Succeeded().OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(":words", lines[0]);
        Assert.All(lines[1..], line => Assert.Contains('\t', line));
    }

    [Fact]
    public async Task Another_shell_is_a_usage_error() => (await _sandbox.RunAsync("completion", "csh")).Failed("AB0201", 2).Says("csh");

    public void Dispose()
    {
        Silence.Check(_sandbox);
        _sandbox.Dispose();
    }
}
