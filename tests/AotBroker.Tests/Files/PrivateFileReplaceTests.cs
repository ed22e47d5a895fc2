using AotBroker.Files;

namespace AotBroker.Tests;

/// <summary>Invariants 4 and 7: a file is replaced as a whole, private from its first instant, and nothing is left beside it.</summary>
public sealed class PrivateFileReplaceTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string[] Files => [.. Directory.GetFileSystemEntries(_directory.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    [Fact]
    public void The_file_is_the_owners_alone_whatever_was_there()
    {
        string path = _directory.Write("file", "old", TemporaryDirectory.ReadableByOthers);

        PrivateFile.Replace(path, "new"u8);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(path));
        Assert.Equal(["file"], Files);
    }

    [Fact]
    public void A_link_in_its_place_is_replaced_and_its_target_left_alone()
    {
        string target = _directory.Write("target", "untouched");
        File.CreateSymbolicLink(_directory["link"], target);

        PrivateFile.Replace(_directory["link"], "new"u8);

        Assert.Equal("untouched", File.ReadAllText(target));
        Assert.Null(File.ResolveLinkTarget(_directory["link"], returnFinalTarget: false));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("link")]
    public void What_a_killed_process_left_is_replaced(string left)
    {
        string target = _directory.Write("target", "untouched");
        if (left == "link")
        {
            File.CreateSymbolicLink(_directory["file.tmp"], target);
        }
        else
        {
            _directory.Write("file.tmp", "half", TemporaryDirectory.ReadableByOthers);
        }

        PrivateFile.Replace(_directory["file"], "new"u8);

        Assert.Equal("new", File.ReadAllText(_directory["file"]));
        Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(_directory["file"]));
        Assert.Equal("untouched", File.ReadAllText(target));
        Assert.Equal(["file", "target"], Files);
    }

    [Fact]
    public void Where_it_cannot_be_renamed_the_old_stands_and_nothing_is_left()
    {
        _directory.MakeDirectory("file");

        Assert.Throws<IOException>(() => PrivateFile.Replace(_directory["file"], "new"u8));

        Assert.Equal(["file"], Files);
    }

    [Fact]
    public void Where_the_directory_cannot_be_written_the_old_stands()
    {
        string path = _directory.Write("file", "old");
        File.SetUnixFileMode(_directory.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        Exception? error = null;
        Native.WithoutPrivilege(() => error = Record.Exception(() => PrivateFile.Replace(path, "new"u8)));

        Assert.True(error is IOException or UnauthorizedAccessException, error?.ToString());
        Assert.Equal("old", File.ReadAllText(path));
        File.SetUnixFileMode(_directory.Path, TemporaryDirectory.PrivateDirectory);
    }

    [Fact]
    public void A_missing_directory_is_an_io_error() =>
        Assert.ThrowsAny<IOException>(() => PrivateFile.Replace(_directory["missing/file"], "new"u8));

    [Fact]
    public void Who_reads_meanwhile_sees_the_old_or_the_new_and_never_a_part()
    {
        const int Rounds = 300;
        const int Readers = 4;
        string path = _directory["file"];
        byte[][] contents = [new byte[30_000], new byte[60_000]];
        Array.Fill(contents[1], (byte)1);
        PrivateFile.Replace(path, contents[0]);
        using ManualResetEventSlim isOver = new();
        using CountdownEvent reading = new(Readers);

        Threads.Running<int> readers = Threads.Start(Readers, _ =>
        {
            int seen = 0;
            try
            {
                while (!isOver.IsSet)
                {
                    FileContent result = PrivateFile.Read(path, 100_000);
                    Assert.Equal(ReadStatus.Read, result.Status);
                    byte[] whole = contents[result.Content[0]];
                    Assert.True(result.Content.SequenceEqual(whole), $"{result.Length} octets");
                    if (++seen == 1)
                    {
                        reading.Signal();
                    }
                }
                return seen;
            }
            finally
            {
                if (seen == 0)
                {
                    reading.Signal();
                }
            }
        });
        try
        {
            // On a loaded machine a thread may get no time for as long as the rounds take.
            for (int i = 0; i < Rounds || !reading.IsSet; i++)
            {
                PrivateFile.Replace(path, contents[i % 2]);
            }
        }
        finally
        {
            isOver.Set();
        }

        Assert.All(readers.Results(), static seen => Assert.True(seen > 0));
        Assert.Equal(["file"], Files);
    }
}
