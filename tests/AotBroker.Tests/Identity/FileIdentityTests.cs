using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>A file that the platform writes and rotates.</summary>
public sealed class FileIdentityTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly string _path;
    private readonly SourceTokens _provider;

    public FileIdentityTests()
    {
        _path = _machine.Home["token"];
        _provider = Sources.File(_path);
    }

    public void Dispose() => _machine.Dispose();

    private IdentityToken Get() => _provider.GetToken(_machine.Deadline());

    [Fact]
    public void The_file_is_read_at_every_call()
    {
        string first = Made.Jwt("{}");
        File.WriteAllText(_path, first + "\n");
        Assert.Equal(first, Get().Reveal());

        string second = Made.Jwt("{}");
        File.WriteAllText(_path, second);
        Assert.Equal(second, Get().Reveal());
        Assert.Equal(TokenSupply.Cached, _provider.Supply);
    }

    [Fact]
    public void A_link_is_followed_as_kubernetes_rotates_by_moving_one()
    {
        string first = Made.Jwt("{}");
        string second = Made.Jwt("{}");
        _machine.Home.Write("one/token", first);
        _machine.Home.Write("two/token", second);
        Directory.CreateSymbolicLink(_machine.Home["..data"], "one");
        File.CreateSymbolicLink(_path, "..data/token");
        Assert.Equal(first, Get().Reveal());

        Directory.Delete(_machine.Home["..data"]);
        Directory.CreateSymbolicLink(_machine.Home["..data"], "two");
        Assert.Equal(second, Get().Reveal());
    }

    [Fact]
    public void A_token_that_the_platform_made_readable_by_all_is_taken()
    {
        File.WriteAllText(_path, Made.Jwt("{}"));
        File.SetUnixFileMode(_path, TemporaryDirectory.ReadableByOthers);

        Get();
    }

    [Fact]
    public void A_missing_file_is_told_by_its_name()
    {
        var error = Expect.Error("AB0402", Get);

        Assert.Contains(_path, error.Message, StringComparison.Ordinal);
        Assert.Contains("mounted", error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_no_token()
    {
        Directory.CreateDirectory(_path);

        Expect.Error("AB0402", Get);
    }

    [Fact]
    public void A_fifo_is_no_token_and_nobody_waits_for_its_writer()
    {
        // Invariant 6.
        Native.MakeFifo(_path);

        Expect.Error("AB0402", Get);
    }

    [Fact]
    public void A_link_that_leads_to_itself_is_no_token()
    {
        File.CreateSymbolicLink(_path, _path);

        Expect.Error("AB0402", Get);
    }

    [Fact]
    public void A_device_is_no_token() => Expect.Error("AB0402", () => Sources.File("/dev/zero").GetToken(_machine.Deadline()));

    [Fact]
    public void A_file_that_cannot_be_read_is_told_by_its_name()
    {
        File.WriteAllText(_path, Made.Jwt("{}"));
        File.SetUnixFileMode(_path, 0);
        File.SetUnixFileMode(_machine.Home.Path, (UnixFileMode)0x1FF);

        Native.WithoutPrivilege(() => Assert.Contains(_path, Expect.Error("AB0402", Get).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_whose_reading_fails_is_told_by_its_name() =>
        Expect.Error("AB0402", () => Sources.File("/proc/self/mem").GetToken(_machine.Deadline()));

    [Fact]
    public void An_empty_file_is_empty()
    {
        File.WriteAllText(_path, "");

        Expect.Error("AB0403", Get);
    }

    [Theory]
    [InlineData(17 * 1024)]
    [InlineData(64 * 1024 * 1024)]
    public void A_file_that_is_too_large_is_not_read_to_its_end(int size)
    {
        using (FileStream file = File.Create(_path))
        {
            file.Write("aaaa"u8);
            file.SetLength(size);
        }

        Assert.Matches("AB040[45]", ErrorCodes.NameOf(Assert.Throws<BrokerException>(Get).Code));
    }

    [Fact]
    public void A_token_of_more_than_16_KiB_is_too_large()
    {
        File.WriteAllText(_path, new string('a', (256 * 1024) + 1));

        Expect.Error("AB0404", Get);
    }

    [Fact]
    public void Octets_that_are_no_text_are_no_JWT()
    {
        File.WriteAllBytes(_path, [0xFF, 0xFE, 0x00, 0x80]);

        Expect.Error("AB0405", Get);
    }

    [Theory]
    [InlineData("~/token")]
    [InlineData("$HOME/token")]
    [InlineData("${RUNNER_TEMP}/token")]
    public void A_path_that_a_shell_should_have_expanded_is_named_as_such(string path)
    {
        SourceTokens provider = Sources.Tokens(new FileIdentity { Path = path }, null, _machine.Environment, null!);

        Assert.Contains("only a shell replaces", Expect.Error("AB0402", () => provider.GetToken(_machine.Deadline())).All(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_whose_name_has_such_characters_is_read()
    {
        string token = Made.Jwt("""{"sub":"job"}""");
        _machine.Home.Write("~/$token", token);
        SourceTokens provider = Sources.Tokens(new FileIdentity { Path = "~/$token" }, null, _machine.Environment, null!);

        Assert.Equal(token, provider.GetToken(_machine.Deadline()).Reveal());
    }
}
