using AotBroker.Files;

namespace AotBroker.Tests;

/// <summary>Invariant 7: only a private file of this user is believed; what is checked is the open file.</summary>
public sealed class PrivateFileReadTests : IDisposable
{
    private const int Limit = 1000;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private FileContent Read(string name) => PrivateFile.Read(_directory[name], Limit);

    private void AssertUntrusted(string name, string reason)
    {
        FileContent result = Read(name);
        Assert.Equal(ReadStatus.Untrusted, result.Status);
        Assert.Contains(reason, result.Reason, StringComparison.Ordinal);
        Assert.Equal(0, result.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("content")]
    public void A_private_file_is_read_whole(string content)
    {
        _directory.Write("file", content);

        FileContent result = Read("file");

        Assert.Equal(ReadStatus.Read, result.Status);
        Assert.Equal(content, System.Text.Encoding.UTF8.GetString(result.Content));
        Assert.Null(result.Reason);
    }

    [Fact]
    public void A_missing_file_is_missing() => Assert.Equal(ReadStatus.Missing, Read("file").Status);

    [Fact]
    public void A_file_below_a_file_is_missing()
    {
        _directory.Write("file", "");

        Assert.Equal(ReadStatus.Missing, Read("file/below").Status);
    }

    [Fact]
    public void A_link_is_not_followed_not_even_to_a_private_file()
    {
        _directory.Write("target", "content");
        File.CreateSymbolicLink(_directory["link"], _directory["target"]);
        File.CreateSymbolicLink(_directory["dangling"], _directory["nothing"]);

        AssertUntrusted("link", "it is a link");
        AssertUntrusted("dangling", "it is a link");
    }

    [Fact]
    public void A_directory_is_not_a_file()
    {
        _directory.MakeDirectory("directory");

        AssertUntrusted("directory", "it is a directory");
    }

    [Fact]
    public void A_fifo_is_not_a_file_and_nobody_waits_for_its_writer()
    {
        // Invariant 6.
        Native.MakeFifo(_directory["fifo"]);

        AssertUntrusted("fifo", "not a regular file");
    }

    [Theory]
    [InlineData(0x1A0, "0640")]
    [InlineData(0x184, "0604")]
    [InlineData(0x190, "0620")]
    [InlineData(0x182, "0602")]
    [InlineData(0x188, "0610")]
    [InlineData(0x181, "0601")]
    [InlineData(0x1FF, "0777")]
    public void Any_right_for_anybody_else_is_too_much(int mode, string shown)
    {
        _directory.Write("file", "content", (UnixFileMode)mode);

        AssertUntrusted("file", $"its mode is {shown}");
    }

    [Theory]
    [InlineData(0x180)]
    [InlineData(0x100)]
    [InlineData(0x1C0)]
    public void The_owners_own_rights_do_not_matter(int mode)
    {
        _directory.Write("file", "content", (UnixFileMode)mode);

        Assert.Equal(ReadStatus.Read, Read("file").Status);
    }

    [FactForRoot]
    public void A_file_of_another_user_is_not_believed()
    {
        Native.GiveTo(Native.Nobody, _directory.Write("file", "content"));

        AssertUntrusted("file", "it belongs to user 65534");
    }

    [Fact]
    public void A_file_at_the_limit_is_read_and_one_beyond_is_not()
    {
        _directory.Write("file", new string('x', Limit));
        Assert.Equal(Limit, Read("file").Length);

        _directory.Write("file", new string('x', Limit + 1));
        AssertUntrusted("file", "larger than 1000 bytes");
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_a_failure_and_not_a_miss()
    {
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0x1FF);
        _directory.Write("file", "content", 0);

        Native.WithoutPrivilege(() => Assert.Equal(ReadStatus.Failed, Read("file").Status));
    }
}
