using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Logins;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>A login's file is believed where the strictest of the SDKs believes it: the owner's alone, and no link (invariant 7).</summary>
public sealed class LoginFileTests : IDisposable
{
    private readonly Machine _machine = new();

    private string Path => _machine.Home["credentials.json"];

    public void Dispose() => _machine.Dispose();

    private string Write(string? content = null, UnixFileMode mode = TemporaryDirectory.Private) =>
        _machine.Home.Write("credentials.json", content ?? $$"""{"type":"oauth_token","access_token":"{{Made.AccessToken()}}"}""", mode);

    private StoredLogin Read() => new LoginFile(Path, _machine.Environment).Read();

    private string Refused() => Expect.Error("AB0421", () => Read()).All();

    [Fact]
    public void A_private_file_is_read()
    {
        Write();

        Assert.False(Read().Credential.Expires);
        Assert.Null(Read().RefreshToken);
    }

    [Fact]
    public void A_missing_one_says_to_log_in() => Assert.Contains("log in", Refused(), StringComparison.Ordinal);

    [Theory]
    [InlineData(UnixFileMode.GroupRead, "0640")]
    [InlineData(UnixFileMode.OtherRead, "0604")]
    [InlineData(UnixFileMode.GroupWrite, "0620")]
    [InlineData(UnixFileMode.OtherExecute, "0601")]
    public void One_that_is_open_to_others_is_refused_with_its_cure(UnixFileMode others, string mode)
    {
        Write(mode: TemporaryDirectory.Private | others);

        string all = Refused();

        Assert.Contains(mode, all, StringComparison.Ordinal);
        Assert.Contains($"chmod 600 {Path}", all, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_refused()
    {
        Write();
        File.Move(Path, Path + ".moved");
        File.CreateSymbolicLink(Path, Path + ".moved");

        Assert.Contains("it is a link", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fifo_is_refused_and_not_waited_for()
    {
        Native.MakeFifo(Path);

        Assert.Contains("not a regular file", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_is_refused()
    {
        Directory.CreateDirectory(Path);

        Assert.Contains("it is a directory", Refused(), StringComparison.Ordinal);
    }

    [FactForRoot]
    public void Another_users_is_refused()
    {
        Write();
        Native.GiveTo(Native.Nobody, Path);

        Assert.Contains("65534", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("{", "")]
    [InlineData("[]", "object")]
    [InlineData("""{"type":"oauth_token"}""", "access_token")]
    [InlineData("""{"type":"oauth_token","access_token":""}""", "/access_token")]
    [InlineData("""{"type":"oauth_token","access_token":7}""", "/access_token")]
    [InlineData("""{"type":"api_key","access_token":"sk-ant-oat01-x"}""", "/type")]
    [InlineData("""{"type":"oauth_token","access_token":"sk-ant-oat01-x","expires_at":"soon"}""", "/expires_at")]
    [InlineData("""{"type":"oauth_token","access_token":"sk-ant-oat01-x","refresh_token":7}""", "/refresh_token")]
    [InlineData("""{"type":"oauth_token","access_token":"sk-ant-oat01-x\r\nx-header: y"}""", "header")]
    [InlineData("""{"type":"oauth_token","access_token":"sk-ant-oat01-x y"}""", "header")]
    public void One_that_cannot_be_understood_is_refused_and_never_quoted(string content, string says)
    {
        Write(content);

        string all = Refused();

        Assert.Contains(says, all, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-ant-", all, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_is_too_large_is_refused()
    {
        Write($$"""{"type":"oauth_token","access_token":"{{Made.AccessToken()}}","padding":"{{new string('x', 128 * 1024)}}"}""");

        Assert.Contains("larger than", Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public void When_it_was_written_tells_how_long_its_token_lives()
    {
        Write($$"""{"type":"oauth_token","access_token":"{{Made.AccessToken()}}","expires_at":{{TestClock.StartSeconds + 60}}}""");
        File.SetLastWriteTimeUtc(Path, DateTimeOffset.FromUnixTimeSeconds(TestClock.StartSeconds).UtcDateTime);

        Assert.Equal(60, Read().Credential.Lifetime);

        // A clock that was set back: nobody knows then.
        File.SetLastWriteTimeUtc(Path, DateTimeOffset.FromUnixTimeSeconds(TestClock.StartSeconds + 61).UtcDateTime);
        Assert.Equal(TestClock.StartSeconds + 60, Read().Credential.Lifetime);
    }

    [Fact]
    public void What_was_written_after_it_expired_has_no_life()
    {
        Write($$"""{"type":"oauth_token","access_token":"{{Made.AccessToken()}}","expires_at":{{TestClock.StartSeconds - 60}}}""");
        File.SetLastWriteTimeUtc(Path, DateTimeOffset.FromUnixTimeSeconds(TestClock.StartSeconds).UtcDateTime);

        Credential credential = Read().Credential;

        Assert.Equal(0, credential.Lifetime);
        Assert.False(new Freshness().Accepts(credential, TestClock.StartSeconds));
        Assert.False(new Freshness().Tolerates(credential, TestClock.StartSeconds));
    }
}
