using AotBroker.Clients;
using AotBroker.Clients.Editing;
using AotBroker.Files;

namespace AotBroker.Tests;

/// <summary>Other programs' files are replaced as a whole, with their mode, behind the user's own links, and never another user's.</summary>
public sealed class ClientFileTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    private static (FileState State, string? Reason) Add(string path, int attempts = 500) => ClientFile.Change(path, static text => FileEdit.To(text + "more\n"), attempts);

    private string[] Files => [.. Directory.EnumerateFileSystemEntries(_home.Path, "*", SearchOption.AllDirectories).Where(File.Exists).Select(path => path[(_home.Path.Length + 1)..]).Order(StringComparer.Ordinal)];

    [Fact]
    public void A_file_keeps_its_mode_and_leaves_nothing_beside_it()
    {
        string path = _home.Write("config", "one\n", TemporaryDirectory.ReadableByOthers);

        Assert.Equal((FileState.Written, null), Add(path));

        Assert.Equal("one\nmore\n", File.ReadAllText(path));
        Assert.Equal(TemporaryDirectory.ReadableByOthers, File.GetUnixFileMode(path));
        Assert.Equal(["config"], Files);
    }

    [Fact]
    public void What_is_missing_is_made_for_its_owner_alone()
    {
        Assert.Equal((FileState.Written, null), Add(_home["a/b/config"]));

        Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(_home["a/b/config"]));
        Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(_home["a"]));
        Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(_home["a/b"]));
    }

    [Fact]
    public void What_has_all_it_needs_is_not_touched()
    {
        string path = _home.Write("config", "one\n");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);

        Assert.Equal((FileState.Kept, null), ClientFile.Change(path, FileEdit.To));
        Assert.Equal((FileState.Refused, "why"), ClientFile.Change(path, static _ => FileEdit.Refused("why")));

        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(path));
        Assert.Equal(["config"], Files);
    }

    [Fact]
    public void An_empty_file_that_stays_empty_is_kept_and_one_that_is_missing_is_made()
    {
        Assert.Equal(FileState.Kept, ClientFile.Change(_home.Write("empty", ""), FileEdit.To).State);
        Assert.Equal(FileState.Written, ClientFile.Change(_home["missing"], FileEdit.To).State);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("directory")]
    [InlineData("directory without file")]
    public void A_link_still_leads_to_what_was_changed(string what)
    {
        string real = _home["dotfiles/aws/config"];
        string path = _home["home/aws/config"];
        Directory.CreateDirectory(_home["home"]);
        Directory.CreateDirectory(_home["dotfiles/aws"]);
        if (what == "file")
        {
            Directory.CreateDirectory(_home["home/aws"]);
            File.CreateSymbolicLink(path, "../../dotfiles/aws/config");
        }
        else
        {
            File.CreateSymbolicLink(_home["home/aws"], "../dotfiles/aws");
        }
        if (what != "directory without file")
        {
            _home.Write("dotfiles/aws/config", "one\n");
        }

        Assert.Equal((FileState.Written, null), Add(path));

        Assert.Equal(what == "directory without file" ? "more\n" : "one\nmore\n", File.ReadAllText(real));
        Assert.Equal(what == "file" ? "../../dotfiles/aws/config" : null, new FileInfo(path).LinkTarget);
    }

    [Theory]
    [InlineData("dangling link", "a file that does not exist")]
    [InlineData("directory", "it is a directory")]
    [InlineData("fifo", "not a regular file")]
    [InlineData("hard link", "hard link")]
    [InlineData("for everybody", "other users can write to it")]
    [InlineData("too large", "larger than")]
    [InlineData("in everybody's directory", "its directory cannot be trusted")]
    [InlineData("below a file", "Not a directory")]
    public void What_is_no_plain_file_of_the_user_s_is_left(string what, string reason)
    {
        string path = _home["config"];
        switch (what)
        {
            case "dangling link":
                File.CreateSymbolicLink(path, _home["gone"]);
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "fifo":
                Native.MakeFifo(path);
                break;
            case "hard link":
                _home.Write("other", "one\n");
                Native.MakeHardLink(_home["other"], path);
                break;
            case "for everybody":
                _home.Write("config", "one\n", TemporaryDirectory.ReadableByOthers | UnixFileMode.OtherWrite);
                break;
            case "too large":
                using (FileStream file = File.Create(path))
                {
                    file.SetLength((1024 * 1024) + 1);
                }
                break;
            case "in everybody's directory":
                path = _home.MakeDirectory("open", TemporaryDirectory.PrivateDirectory | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute) + "/config";
                break;
            default:
                path = _home.Write("file", "") + "/config";
                break;
        }

        (FileState state, string? found) = Add(path);

        Assert.Equal(FileState.Refused, state);
        Assert.Contains(reason, found, StringComparison.Ordinal);
        Assert.DoesNotContain(Files, static name => name.EndsWith(".lock", StringComparison.Ordinal));
    }

    [FactForRoot]
    public void Another_user_s_file_is_left() => IsLeft("theirs/config");

    [FactForRoot]
    public void What_is_in_another_user_s_directory_is_left() => IsLeft("theirs");

    [FactForRoot]
    public void Nothing_is_made_in_another_user_s_home()
    {
        Native.GiveTo(Native.Nobody, _home.MakeDirectory("theirs"));

        (FileState state, string? reason) = Add(_home["theirs/a/b/config"]);

        Assert.Equal(FileState.Refused, state);
        Assert.Contains($"belongs to user {Native.Nobody}", reason, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_home["theirs"]));
    }

    private void IsLeft(string what)
    {
        string path = _home.Write("theirs/config", "one\n");
        Native.GiveTo(Native.Nobody, _home[what]);

        (FileState state, string? reason) = Add(path);

        Assert.Equal(FileState.Refused, state);
        Assert.Contains($"belongs to user {Native.Nobody}", reason, StringComparison.Ordinal);
        Assert.Equal("one\n", File.ReadAllText(path));
        Assert.Equal(["theirs/config"], Files);
    }

    [Fact]
    public void Many_at_once_lose_no_line()
    {
        string path = _home.Write("config", "");

        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 40 }, i => Assert.Equal((FileState.Written, null), ClientFile.Change(path, text => FileEdit.To($"{text}{i}\n"), attempts: 50 * 60)));

        Assert.Equal(Enumerable.Range(0, 40), File.ReadAllLines(path).Select(int.Parse).Order());
    }

    [Fact]
    public void Another_program_s_lock_is_waited_for_and_never_removed()
    {
        string path = _home.Write("config", "one\n");
        string held = _home.Write("config.lock", "theirs\n");

        (FileState state, string? reason) = Add(path, attempts: 2);

        Assert.Equal(FileState.Refused, state);
        Assert.Contains(held, reason, StringComparison.Ordinal);
        Assert.Equal("theirs\n", File.ReadAllText(held));
        Assert.Equal("one\n", File.ReadAllText(path));
    }
}
