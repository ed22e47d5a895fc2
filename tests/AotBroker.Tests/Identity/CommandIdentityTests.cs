using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>A command that prints the token: what it gets, what ends it, and what is told of its failures.</summary>
public sealed class CommandIdentityTests : IDisposable
{
    private readonly Machine _machine = new();

    public CommandIdentityTests() => _machine.Variables["PATH"] = "/usr/local/bin:/usr/bin:/bin";

    public void Dispose() => _machine.Dispose();

    private string Write(string body) => Script.Write(_machine, "get-token", body);

    private SourceTokens Provider(CommandIdentity settings) => Sources.Tokens(settings, null, _machine.Environment, null!);

    private IdentityToken Get(CommandIdentity settings, double seconds = 30) => Provider(settings).GetToken(_machine.Deadline(seconds));

    private IdentityToken Get(params string[] command) => Get(Command(command));

    private static CommandIdentity Command(params string[] command) => new() { Command = [.. command] };

    [Fact]
    public void What_it_prints_is_the_token()
    {
        string token = Made.Jwt("{}");

        Assert.Equal(token, Get(Write($"echo; echo '  {token}'; echo noise >&2")).Reveal());
        Assert.Equal(TokenSupply.Cached, Provider(Command("x")).Supply);
    }

    [Fact]
    public void Arguments_are_handed_over_as_they_are_without_a_shell()
    {
        string token = Made.Jwt("{}");
        string path = Write($"[ $# = 3 ] && [ \"$1\" = 'a b; exit 1 $HOME *' ] && [ -z \"$2\" ] && [ \"$3\" = 'ä' ] && echo {token}");

        Assert.Equal(token, Get(path, "a b; exit 1 $HOME *", "", "ä").Reveal());
    }

    [Fact]
    public void A_name_is_looked_for_in_PATH_and_a_relative_path_in_the_working_directory()
    {
        string token = Made.Jwt("{}");
        Write($"echo {token}");
        Expect.Error("AB0413", () => Get("get-token"));

        Assert.Equal(token, Get("./get-token").Reveal());
        _machine.Variables["PATH"] = "/nowhere::" + _machine.Home.Path + ":/bin";
        Assert.Equal(token, Get("get-token").Reveal());
    }

    [Fact]
    public void It_gets_PATH_and_HOME_and_the_variables_that_are_named_and_no_more()
    {
        _machine.Variables["GIVEN"] = "given value";
        _machine.Variables["SECRET"] = Made.Name();
        // env prints what it was given, apart from what the shell adds for itself.
        string out_ = _machine.Home["seen"];
        string path = Write($"/usr/bin/env | /usr/bin/cut -d= -f1 | /usr/bin/sort > '{out_}'; echo \"$GIVEN\" >> '{out_}'; echo {Made.Jwt("{}")}");

        Get(Command(path) with { Environment = ["GIVEN", "NOT_SET", "HOME"] });

        string[] ofTheShell = ["PWD", "OLDPWD", "SHLVL", "_"];
        Assert.Equal(["GIVEN", "HOME", "PATH", "given value"], File.ReadAllLines(out_).Except(ofTheShell));
    }

    [Fact]
    public void It_has_nothing_to_read()
    {
        string seen = _machine.Home["seen"];

        Get(Write($"read -r line; echo \"$?$line\" > '{seen}'; echo {Made.Jwt("{}")}"));

        Assert.Equal("1", File.ReadAllText(seen).Trim()); // The end of the input.
    }

    [Fact]
    public void It_is_no_longer_deaf_to_a_closed_pipe()
    {
        // The runtime ignores SIGPIPE; a program that inherited that would go on for ever, or tell of an error.
        Assert.Contains(Made.Jwt("{}")[..10], Get(Write($"/usr/bin/yes {Made.Jwt("{}")} | /usr/bin/head -n 1")).Reveal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_tells_the_exit_code_and_what_was_said_on_one_line_without_secrets()
    {
        string secret = Made.Jwt("{}");

        var error = Expect.Error("AB0413", () => Get(Write($"echo {secret}; printf 'no \\033[31mlogin\\n\\n{secret} is bad\\n' >&2; exit 17")));

        Assert.Contains("exit code 17", error.Message, StringComparison.Ordinal);
        Assert.Contains("it said: no \e[31mlogin / [redacted] is bad", error.Hints[0], StringComparison.Ordinal);
        Assert.DoesNotContain(secret, error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_complaint_is_cut_and_keeps_nobody_waiting()
    {
        var error = Expect.Error("AB0413", () => Get(Write("i=0; while [ $i -lt 3000 ]; do echo 'a line of a hundred characters or so, again and again, which nobody ever wanted to read at all' >&2; i=$((i+1)); done; exit 1")));

        Assert.InRange(error.Hints[0].Length, 100, 400);
    }

    [Fact]
    public void A_signal_is_told_as_a_signal() =>
        Assert.Contains("signal 9", Expect.Error("AB0413", () => Get(Write("kill -9 $$"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "AB0403")]
    [InlineData("echo not a token", "AB0405")]
    [InlineData("head -c 300000 /dev/zero", "AB0404")]
    [InlineData("exec cat /dev/zero", "AB0404")]
    public void What_is_no_token_is_an_error(string body, string code) => Expect.Error(code, () => Get(Write(body)));

    [Fact]
    public void What_is_not_there_and_what_cannot_be_run_are_told()
    {
        string file = _machine.Home.Write("plain", "echo x");
        string script = _machine.Home["script"];
        ExecutableFile.Write(script, "#!/nowhere/interpreter\n"u8.ToArray());

        Assert.Contains("No such file", Expect.Error("AB0413", () => Get("/nowhere/get-token")).Message, StringComparison.Ordinal);
        Assert.Contains("No such file", Expect.Error("AB0413", () => Get("get-token-of-nobody")).Message, StringComparison.Ordinal);
        Assert.Contains("interpreter", Expect.Error("AB0413", () => Get(script)).All(), StringComparison.Ordinal);
        Assert.Contains("mode", Expect.Error("AB0413", () => Get(file)).All(), StringComparison.Ordinal);
        Assert.Contains(_machine.Home.Path, Expect.Error("AB0413", () => Get(_machine.Home.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void At_the_deadline_it_is_ended_with_all_that_it_started()
    {
        string seen = _machine.Home["child"];
        string path = Write($"/usr/bin/sleep 600 & echo $! > '{seen}'; trap '' TERM INT HUP; wait");

        // As long as a loaded machine may take until the shell has told its child.
        var error = Expect.Error("AB0413", () => Get(Command(path) with { TimeoutSeconds = 8 }));

        Assert.Contains("within 8 s", error.Message, StringComparison.Ordinal);
        int child = int.Parse(File.ReadAllText(seen), System.Globalization.CultureInfo.InvariantCulture);
        // It was killed; who adopted it may take a moment to bury it.
        Assert.True(SpinWait.SpinUntil(() => !File.Exists($"/proc/{child}/stat") || File.ReadAllText($"/proc/{child}/stat").Contains(") Z ", StringComparison.Ordinal), TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void The_callers_deadline_ends_it_too() =>
        Expect.Error("AB0413", () => Get(Command(Write("exec sleep 600")), seconds: 0.3));

    [Fact]
    public void What_it_leaves_in_the_background_is_waited_for_by_nobody()
    {
        string seen = _machine.Home["child"];
        string token = Made.Jwt("{}");

        Assert.Equal(token, Get(Command(Write($"/usr/bin/sleep 600 & echo $! > '{seen}'; echo {token}")) with { TimeoutSeconds = 600 }, seconds: 600).Reveal());

        int child = int.Parse(File.ReadAllText(seen), System.Globalization.CultureInfo.InvariantCulture);
        System.Diagnostics.Process.GetProcessById(child).Kill();
    }

    [Fact]
    public void An_argument_with_a_NUL_is_refused() => Expect.Error("AB0305", () => Get("/bin/echo", "a\0b"));

    [Fact]
    public void Everything_that_decides_whose_token_it_is_is_bound_and_not_contained()
    {
        string secret = Made.Name(40);
        List<string> keys =
        [
            Key(Command("a")),
            Key(Command("a", "b")),
            Key(Command("a", "b", "")),
            Key(Command("./a")),
            Key(Command("a") with { Environment = ["GIVEN"] }),
            Key(Command("a", secret)),
        ];
        _machine.Variables["GIVEN"] = secret;
        keys.Add(Key(Command("a") with { Environment = ["GIVEN"] }));
        Assert.Equal(keys[0], Key(Command("a") with { TimeoutSeconds = 7 }));
        Assert.Equal(Key(Command("./a")), Key(Command(_machine.Home["a"])));
        _machine.Variables["HOME"] = "/elsewhere";
        keys.Add(Key(Command("a")));

        Assert.Distinct(keys);
        Assert.All(keys, key => Assert.DoesNotContain(secret, key, StringComparison.Ordinal));
    }

    private string Key(IdentitySettings source)
    {
        KeyText key = new();
        Sources.AddToKey(key, source, null, _machine.Environment);
        return key.ToString();
    }
}
