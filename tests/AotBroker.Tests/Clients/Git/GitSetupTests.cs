using AotBroker.Clients;
using AotBroker.Clients.Editing;
using AotBroker.Clients.Git;
using AotBroker.Errors;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>~/.gitconfig, before and after, to the octet. @ stands for this program.</summary>
public sealed class GitSetupTests : IDisposable
{
    private const string Own = "\thelper = @ git --profile ci\n";
    private const string Section = "[credential \"https://app.example\"]\n\t# No other helper is asked before, or given the credential to keep.\n\thelper =\n" + Own;

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private SetupPlan Setup(string hosts = "\"app.example\"", string exchange = "\"none\"")
    {
        string serves = hosts.Length > 0 ? $$""","serves":{"hosts":[{{hosts}}]}""" : "";
        _machine.WriteBrokerProfile("ci", $$$"""{"exchange":{"type":{{{exchange}}}}{{{serves}}}}""");
        return new GitSetup().Plan(ProfileResolver.ResolveExchange("ci", _machine.Environment), "/x", _machine.Environment);
    }

    private static string Real(string text) => OctetText.Of(text.Replace("@", Environment.ProcessPath, StringComparison.Ordinal));

    public static TheoryData<string, string> Written => new()
    {
        { "", Section },
        { "[user]\n\tname = Größe\n", "[user]\n\tname = Größe\n" + Section },
        { "[user]\n\tname = x", "[user]\n\tname = x\n" + Section },
        { "[user]\r\n\tname = x\r\n", "[user]\r\n\tname = x\r\n" + Section.Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "[user]\r\n\tname = x", "[user]\r\n\tname = x\r\n" + Section.Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "\ufeff# mine\n", "\ufeff# mine\n" + Section },
        // What is about something else stays: other hosts, other keys, helpers that are reset.
        { "[credential]\n\thelper = store\n", "[credential]\n\thelper = store\n" + Section },
        { "[credential \"https://other.example\"]\n\thelper = store\n", "[credential \"https://other.example\"]\n\thelper = store\n" + Section },
        { "[credential \"https://app.example\"]\n\tusername = me\n\thelper =\n", "[credential \"https://app.example\"]\n\tusername = me\n\thelper =\n" + Section },
        { "[alias]\n\tx = \"!f() { echo '[credential \\\"https://app.example\\\"]'; \\\n\thelper = y; }; f\" ; and so on\n", "[alias]\n\tx = \"!f() { echo '[credential \\\"https://app.example\\\"]'; \\\n\thelper = y; }; f\" ; and so on\n" + Section },
        { "[user] name = x\n[a]b\n[core]bare\n", "[user] name = x\n[a]b\n[core]bare\n" + Section },
        // A line that goes on goes on in nothing.
        { "[a]\n\tb = c \\\n", "[a]\n\tb = c \\\n\n" + Section },
        { "[a]\r\n\tb = c \\\r\n", "[a]\r\n\tb = c \\\r\n\r\n" + Section.Replace("\n", "\r\n", StringComparison.Ordinal) },
        // Lines of its own, with another path or profile.
        { "[credential \"https://app.example\"]\n\thelper =\n\thelper = /opt/aotbroker git --profile old\n[user]\n", "[credential \"https://app.example\"]\n\thelper =\n" + Own + "[user]\n" },
        { "[Credential \"https://App.example/\"]\n\tHelper = \"!'/opt/my tools/aotbroker' git\"", "[Credential \"https://App.example/\"]\n" + Own.TrimEnd('\n') },
        { "[credential \"https://app.example\"] helper=aotbroker\r\n", "[credential \"https://app.example\"] " + Own.Trim() + "\r\n" },
        { "[credential \"https://app.example\"]\n helper = \\\n  \"@\" git --profile \"ci\"  # mine\n", "[credential \"https://app.example\"]\n helper = \\\n  \"@\" git --profile \"ci\"  # mine\n" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void The_file_gets_what_it_lacks_and_keeps_the_rest(string before, string after)
    {
        FileEdit edit = Setup().Edit(Real(before));

        Assert.Equal(Real(after), edit.Text);
        Assert.Equal(edit, Setup().Edit(edit.Text!));
    }

    [Theory]
    [InlineData("[credential \"https://app.example\"]\n\thelper = !/usr/bin/gh auth git-credential\n", "line 2 gives https://app.example another")]
    [InlineData("[credential \"https://app.example\"]\n\thelper = store --file aotbroker\n", "line 2 gives")]
    [InlineData("[credential \"https://app.example\"]\n\thelper = aotbroker\n[credential \"https://app.example/\"]\n\thelper = aotbroker\n", "line 4 gives https://app.example a credential helper, as line 2 does")]
    [InlineData("name = x\n", "line 1 is before the first section")]
    [InlineData("[user\n", "line 1 is not a section header")]
    [InlineData("[user \"x\n\"]\n", "line 1 is not a section header")]
    [InlineData("[user \"x\" ]\n", "line 1 is not a section header")]
    [InlineData("[user]\n\tname = \"x\n", "line 2 is not a setting")]
    [InlineData("[user]\n\tname = \"x", "line 2 is not a setting")]
    [InlineData("[user]\n\tname = \\x\n", "line 2 is not a setting")]
    [InlineData("[user]\n\tname = x\\", "line 2 is not a setting")]
    [InlineData("[user]\n\tna_me = x\n", "line 2 is not a setting")]
    [InlineData("[user]\n\t= x\n", "line 2 is not a setting")]
    [InlineData("[user]\n\tname = x\rhelper = y\n", "carriage return")]
    public void What_others_wrote_or_cannot_be_parsed_is_left(string before, string reason)
    {
        FileEdit edit = Setup().Edit(before);

        Assert.Null(edit.Text);
        Assert.Contains(reason, edit.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Each_host_has_a_section_and_git_is_to_tell_a_path_where_one_is_served()
    {
        string[] lines = Setup("\"app.example:8443\",\"https://git.example/team/\",\"*.example\",\"http://10.0.0.1\",\"localhost:3000\"").Lines.Split('\n');

        Assert.Equal(
            ["https://app.example:8443", "https://git.example/team", "https://*.example", "http://10.0.0.1", "https://localhost:3000", "http://localhost:3000"],
            lines.Where(static line => line.StartsWith('[')).Select(static line => line.Split('"')[1]));
        Assert.Equal(Array.FindIndex(lines, static line => line.Contains("git.example", StringComparison.Ordinal)) + 4, Array.IndexOf(lines, "\tuseHttpPath = true"));
        Assert.Single(lines, "\tuseHttpPath = true");
    }

    [Fact]
    public void A_refusal_for_one_host_leaves_all()
    {
        FileEdit edit = Setup("\"a.example\",\"b.example\"").Edit("[credential \"https://b.example\"]\nhelper = x\n");

        Assert.Null(edit.Text);
    }

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("a;b", "\"a;b\"")]
    [InlineData("a \"b\" \\c", "\"a \\\"b\\\" \\\\c\"")]
    public void What_git_would_read_as_something_else_is_quoted(string value, string written) => Assert.Equal(written, GitConfigText.Quoted(value));

    [Fact]
    public void A_profile_that_serves_nothing_or_carries_no_password_does_not_suit()
    {
        BrokerException error = Expect.Error("AB0201", () => Setup(hosts: ""));

        Assert.Contains("\"serves\"", error.Hints[0], StringComparison.Ordinal);
        Expect.Error("AB0201", () => Setup(exchange: "\"aws-sts\",\"role_arn\":\"arn:aws:iam::123456789012:role/ci\""));
    }

    [Fact]
    public void The_file_is_the_one_that_git_writes()
    {
        Assert.Equal(_machine.Home[".gitconfig"], new GitSetup().FileFor("ci", _machine.Environment));
        string other = _machine.Home.Write(".config/git/config", "");
        Assert.Equal(other, new GitSetup().FileFor("ci", _machine.Environment));
        Assert.Equal(_machine.Home[".gitconfig"], new GitSetup().FileFor("ci", _machine.WithVariables(("XDG_CONFIG_HOME", "/nowhere"))));
        _machine.Home.Write(".gitconfig", "");
        Assert.Equal(_machine.Home[".gitconfig"], new GitSetup().FileFor("ci", _machine.Environment));
        Assert.Equal("/a", new GitSetup().FileFor("ci", _machine.WithVariables(("GIT_CONFIG_GLOBAL", "/a"))));
    }
}
