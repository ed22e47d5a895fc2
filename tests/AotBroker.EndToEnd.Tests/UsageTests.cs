namespace AotBroker.EndToEnd.Tests;

/// <summary>Arguments that cannot be understood, the help, and the version.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [Theory]
    [InlineData("get", "--format", "xml")]
    [InlineData("get", "--format")]
    [InlineData("get", "--format", "")]
    [InlineData("get", "--min-ttl", "-1")]
    [InlineData("get", "--min-ttl", "soon")]
    [InlineData("get", "--timeout", "0")]
    [InlineData("get", "--timeout", "3601")]
    [InlineData("get", "--timeout", "1.5")]
    [InlineData("get", "--wait", "forever")]
    [InlineData("keep", "--publish", "here", "--wait", "-1")]
    [InlineData("get", "--timeout", "+5")]
    [InlineData("get", "--profile")]
    [InlineData("get", "--profile", "a", "--profile=b")]
    [InlineData("get", "--verbose=yes")]
    [InlineData("get", "--colour")]
    [InlineData("get", "more")]
    [InlineData("exec")]
    [InlineData("exec", "--")]
    [InlineData("exec", "--timeout", "x", "--", "true")]
    [InlineData("exec", "--colour", "--", "true")]
    [InlineData("exec", "--wait", "1", "--wait", "2", "--", "true")]
    [InlineData("git", "--profile", "a", "--profile", "b", "get")]
    [InlineData("link", "")]
    [InlineData("status", "--format", "json")]
    [InlineData("identity", "--print")]
    [InlineData("clear", "--all", "--profile", "default")]
    [InlineData("setup", "aws", "kubernetes")]
    [InlineData("fetch")]
    [InlineData("--profile", "default")]
    [InlineData("@arguments")]
    public async Task What_cannot_be_understood_is_one_line_and_where_to_look(params string[] arguments)
    {
        var result = (await _sandbox.RunAsync(arguments)).Failed("AB0201", 2);

        Assert.Equal(2, result.ErrorLines.Length);
        Assert.Matches("^aotbroker: hint: see `aotbroker ([a-z]+ )?--help`$", result.ErrorLines[1]);
    }

    [Theory]
    [InlineData("get", "gett")]
    [InlineData("--format", "get", "--formt", "json")]
    [InlineData("--format", "get", "--formt=json")]
    [InlineData("--all", "clear", "--al")]
    public async Task A_slip_is_told_with_what_was_probably_meant(string meant, params string[] arguments) =>
        (await _sandbox.RunAsync(arguments)).Failed("AB0201", 2).Says($"did you mean `{meant}`?");

    [Theory]
    [InlineData("get --profile NAME", "--profile", "ci", "get")]
    [InlineData("get --profile NAME", "--profile=ci", "get")]
    [InlineData("status --json", "--json", "status")]
    [InlineData("get --verbose", "get", "--", "--verbose")]
    [InlineData("exec --profile NAME", "--profile", "ci", "exec", "--", "true")]
    public async Task An_option_in_the_wrong_place_is_told_its_own(string right, params string[] arguments)
    {
        var result = (await _sandbox.RunAsync(arguments)).Failed("AB0201", 2).Says($"options come after the command, as in `aotbroker {right}`");

        Assert.DoesNotContain("did you mean", result.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--", "get")]
    [InlineData("--", "--version")]
    public async Task A_word_is_never_suggested_in_its_own_place(params string[] arguments) =>
        Assert.Single((await _sandbox.RunAsync(arguments)).Failed("AB0201", 2).Says("hint: see `aotbroker --help`").ErrorLines.Skip(1));

    [Theory]
    [InlineData("help", "--help")]
    [InlineData("help")]
    [InlineData("help", "-h")]
    [InlineData("help", "-?")]
    [InlineData("help", "help")]
    [InlineData("help-get", "help", "get")]
    [InlineData("help-get", "get", "--min-ttl", "x", "-h")]
    [InlineData("help-get", "get", "--help")]
    [InlineData("help-exec", "exec", "--help")]
    [InlineData("help-keep", "keep", "--help")]
    [InlineData("help-status", "status", "--help")]
    [InlineData("help-profiles", "profiles", "--help")]
    [InlineData("help-identity", "identity", "--help")]
    [InlineData("help-clear", "clear", "--help")]
    [InlineData("help-version", "version", "--help")]
    [InlineData("help-completion", "completion", "--help")]
    [InlineData("help-setup", "setup", "--help")]
    [InlineData("help-schema", "schema", "--help")]
    [InlineData("help-goauth", "goauth", "--help")]
    public async Task The_help_is_what_was_reviewed(string name, params string[] arguments) =>
        Golden.Check(name, (await _sandbox.RunAsync(arguments)).Succeeded().OutputText);

    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    public async Task On_a_terminal_the_help_is_no_wider(int columns)
    {
        _sandbox.Environment["SHELL"] = "/bin/sh";

        var help = await _sandbox.RunAsync(new Launch("--quiet", "--return", "--command", $"stty cols {columns}; {PublishedBinary.Path} exec --help", "/dev/null") { Program = "script" });

        var lines = help.Succeeded().OutputText.Replace("\r", "", StringComparison.Ordinal).Split('\n');
        Assert.Contains("Options:", lines);
        Assert.All(lines.Where(line => !line.StartsWith("  aotbroker", StringComparison.Ordinal)), line => Assert.InRange(line.Length, 0, columns));
    }

    [Fact]
    public async Task The_help_needs_no_home_and_no_terminal()
    {
        foreach (var name in _sandbox.Environment.Keys.Where(name => name != "PATH"))
        {
            _sandbox.Environment.Remove(name);
        }

        Golden.Check("help", (await _sandbox.RunAsync("--help")).Succeeded().OutputText);
    }

    [Fact]
    public async Task The_version_is_one_line_or_one_object()
    {
        Assert.Equal((await _sandbox.RunAsync("version")).OutputText, (await _sandbox.RunAsync("-V")).Succeeded().OutputText);
        Assert.Equal((await _sandbox.RunAsync("version")).OutputText, (await _sandbox.RunAsync("--version")).Succeeded().OutputText);
        Assert.Matches(@"^aotbroker \d+\.\d+\.\d+\S* \(linux-\S+, \.NET \d+\.\d+\.\d+\S*\)$", (await _sandbox.RunAsync("version")).Succeeded().Line);
        Assert.Matches(
            """^\{"name":"aotbroker","version":"\d+\.\d+\.\d+\S*","platform":"linux-\w+","framework":"\.NET [^"]+","commit":"([0-9a-f]{40}|unknown)","date":"[^"]+","openssl":"3\.\d+\.\d+","glibc":"2\.\d+","end_of_support":"2028-11-14"\}$""",
            (await _sandbox.RunAsync("version", "--json")).Succeeded().Line);
    }

    [Fact]
    public async Task The_verbose_version_says_what_is_linked_in_and_until_when_it_is_supported()
    {
        var lines = (await _sandbox.RunAsync("version", "--verbose")).Succeeded().OutputText.Split('\n');

        Assert.Equal((await _sandbox.RunAsync("version")).Succeeded().Line, lines[0]);
        Assert.Equal(["commit", "date", "runtime", "OpenSSL", "glibc", ""], lines[1..].Select(line => line.Split(' ')[0]));
        Assert.Matches(@"^runtime +\.NET \d+\.\d+\.\d+  \(security updates until 2028-11-14\)$", lines[3]);
    }

    public void Dispose()
    {
        Silence.Check(_sandbox);
        _sandbox.Dispose();
    }
}
