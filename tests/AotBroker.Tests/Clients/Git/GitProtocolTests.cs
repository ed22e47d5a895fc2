using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>git's helper, to the octet.</summary>
public sealed class GitProtocolTests : IDisposable
{
    private const string Host = "protocol=https\nhost=git.example\n";

    private readonly HelperMachine _machine = new();

    public GitProtocolTests() => _machine.Serve("forge", """{"hosts":["git.example"]}""");

    public void Dispose() => _machine.Dispose();

    private string Basic(string user) => $"username={user}\npassword={_machine.Token}\npassword_expiry_utc={HelperMachine.Early}\n";

    private string Bearer() => $"capability[]=authtype\nauthtype=Bearer\ncredential={_machine.Token}\nephemeral=1\npassword_expiry_utc={HelperMachine.Early}\n";

    [Theory]
    [InlineData("", "token")]
    [InlineData("username=me\n", "me")]
    [InlineData("path=a/b.git\n", "token")]
    [InlineData("unknown=x\nstate[]=y\n", "token")]
    [InlineData("wwwauth[]=Bearer realm=x\n", "token")] // This git did not say that it can send it.
    [InlineData("capability[]=authtype\n", "token")]
    [InlineData("capability[]=authtype\nwwwauth[]=Bearer\nwwwauth[]=basic realm=\"a\"\n", "token")]
    [InlineData("\nusername=after the end\n", "token")]
    public void Get_is_basic_where_git_or_the_server_cannot_do_else(string more, string user) => Assert.Equal((0, Basic(user)), _machine.Call("git get", Host + more));

    [Fact]
    public void Get_is_bearer_where_the_server_wants_nothing_else() =>
        Assert.Equal((0, Bearer()), _machine.Call("git get", Host + "capability[]=authtype\ncapability[]=state\nwwwauth[]=bearer authorization_uri=x\n\n"));

    [Fact]
    public void A_profile_decides_the_scheme_and_the_user()
    {
        _machine.Serve("forge", """{"hosts":["git.example"],"scheme":"bearer","username":"bot"}""");
        Assert.Equal((0, Bearer()), _machine.Call("git get", Host + "capability[]=authtype\n"));
        Assert.Equal((0, Basic("bot")), _machine.Call("git get", Host + "username=me\n"));

        _machine.Serve("forge", """{"hosts":["git.example"],"scheme":"basic"}""");
        Assert.Equal((0, Basic("token")), _machine.Call("git get", Host + "capability[]=authtype\nwwwauth[]=Bearer\n"));
    }

    [Theory]
    [InlineData("protocol=https\nhost=other.example\n")]
    [InlineData("protocol=http\nhost=git.example\n")]
    [InlineData("protocol=ssh\nhost=git.example\n")]
    [InlineData("protocol=https\n")]
    [InlineData("host=git.example\n")]
    [InlineData("")]
    [InlineData("protocol=https\nhost=evil.example/@git.example\n")]
    [InlineData("protocol=https\nhost=x@git.example\n")]
    [InlineData("protocol=https\nhost=git.example\r\n")]
    public void What_no_profile_serves_is_left_to_others_in_silence(string input)
    {
        Assert.Equal((0, ""), _machine.Call("git get", input));
        Assert.Empty(_machine.Machine.Error.Octets);
    }

    [Fact]
    public void A_prefix_is_served_where_git_tells_the_path()
    {
        _machine.Serve("forge", """{"hosts":["https://git.example/team/"]}""");

        Assert.Equal((0, ""), _machine.Call("git get", Host));
        Assert.Equal((0, ""), _machine.Call("git get", Host + "path=other/a.git\n"));
        Assert.Equal((0, Basic("token")), _machine.Call("git get", Host + "path=team/a.git\n"));
    }

    [Theory]
    [InlineData("example-org/My Project/_git/repo")]
    [InlineData("größe/a.git")]
    [InlineData("a b?c#d/e.git")]
    [InlineData("100%/a.git")]
    public void A_path_as_git_decodes_it_is_served_where_the_host_is(string path) =>
        Assert.Equal((0, Basic("token")), _machine.Call("git get", Host + $"path={path}\n"));

    [Theory]
    [InlineData("https://git.example/My%20Team/", "My Team/a b.git", true)]
    [InlineData("https://git.example/My%20Team", "My Team", true)]
    [InlineData("https://git.example/gr%C3%B6%C3%9Fe/", "größe/a.git", true)]
    [InlineData("https://git.example/team/", "team/a b.git", true)]
    [InlineData("https://git.example/My%20Team/", "My TeamX/a.git", false)]
    [InlineData("https://git.example/My%20Team/", "other/a.git", false)]
    [InlineData("https://git.example/team/", "team/../other/a.git", false)]
    [InlineData("https://git.example/team/", "team/%2e%2e/other", false)]
    [InlineData("https://git.example/team/", "team\\..\\other", false)]
    [InlineData("https://git.example/team/", "team//x", false)]
    public void A_prefix_is_compared_with_the_decoded_path(string prefix, string path, bool isServed)
    {
        _machine.Serve("forge", $$"""{"hosts":["{{prefix}}"]}""");

        Assert.Equal((0, isServed ? Basic("token") : ""), _machine.Call("git get", Host + $"path={path}\n"));
    }

    [Theory]
    [InlineData("git get", "host\n")]
    [InlineData("git get", "=x\n")]
    [InlineData("git get", "host=git\0.example\n")]
    [InlineData("git erase", "password\n")]
    public void What_git_would_not_write_is_an_error(string line, string input) => Expect.Error("AB0201", () => _machine.Call(line, input));

    [Fact]
    public void A_line_without_an_end_is_refused_in_time() => Expect.Error("AB0201", () => _machine.Call("git get", "host=" + new string('a', 300_000)));

    [Fact]
    public void Octets_that_are_no_text_name_no_host() => Assert.Equal((0, ""), _machine.Call(["git", "get"], [.. "protocol=https\nhost=git.example"u8, 0xff, (byte)'\n']));

    [Theory]
    [InlineData("git store")]
    [InlineData("git frobnicate")]
    public void Store_and_what_is_not_known_are_ignored(string line) => Assert.Equal((0, ""), _machine.Call(line, Host + "password=x\n"));

    [Fact]
    public void Capability_is_printed() => Assert.Equal((0, "version 0\ncapability authtype\n"), _machine.Call("git capability"));

    [Theory]
    [InlineData("password")]
    [InlineData("credential")]
    public void Erase_drops_the_token_that_was_refused_and_no_other(string key)
    {
        string first = _machine.Token;
        _machine.Call("git get", Host);
        string second = _machine.Rotate();

        foreach (string wrong in (string[])[Host, $"{Host}{key}=\n", $"{Host}{key}={second}\n", $"{Host}{key}={first}x\n", $"{Host}{key}={first[..^1]}\n", $"protocol=https\nhost=other.example\n{key}={first}\n"])
        {
            Assert.Equal((0, ""), _machine.Call("git erase", wrong));
            Assert.Contains(first, _machine.Call("git get", Host).Output, StringComparison.Ordinal);
        }

        Assert.Equal((0, ""), _machine.Call("git erase", $"{Host}{key}={first}\n"));
        Assert.Equal((0, Basic("token")), _machine.Call("git get", Host));
    }

    [Fact]
    public void A_failure_ends_git_s_questions()
    {
        File.Delete(_machine.Machine.Home["token"]);

        Assert.Equal((4, "quit=1\n"), _machine.Call("git get", Host));
        Assert.Contains("error[AB0402]", _machine.Machine.Error.Text, StringComparison.Ordinal);
    }

    /// <summary>Else git asks for a password, and the reason is gone from the screen.</summary>
    [Fact]
    public void A_profile_that_cannot_be_used_ends_them_too_unless_it_need_not_be_for_git()
    {
        Assert.Equal((3, "quit=1\n"), _machine.Call("git --profile missing get", Host));
        _machine.Serve("twin", """{"hosts":["git.example"]}""");
        Assert.Equal((3, "quit=1\n"), _machine.Call("git get", Host));

        _machine.Machine.Variables["AOTBROKER_PROFILE"] = "missing";
        Expect.Error("AB0302", () => _machine.Call("git get", Host));
    }
}
