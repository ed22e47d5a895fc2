using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Where credentials are kept: the first place in order that is, or can be, this user's alone.</summary>
public sealed class CacheDirectoryTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private CacheDirectory Of() => CacheDirectory.Of(_machine.Environment);

    private CacheDirectory Chosen(string name)
    {
        _machine.Variables["AOTBROKER_CACHE_DIR"] = _machine.Home[name];
        return Of();
    }

    private static string Named(string parent) => $"{parent}/aotbroker-{Libc.GetEffectiveUserId()}";

    private string At(string name)
    {
        _machine.Home.MakeDirectory(name);
        return _machine.Home[name];
    }

    /// <summary>All of them usable, but that none has been made.</summary>
    private void SetAll()
    {
        _machine.Variables["AOTBROKER_CACHE_DIR"] = _machine.Home["chosen"];
        _machine.Variables["RUNNER_TEMP"] = At("runner");
        _machine.Variables["XDG_RUNTIME_DIR"] = At("runtime");
        _machine.Variables["XDG_CACHE_HOME"] = _machine.Home["xdg"];
        _machine.Variables["TMPDIR"] = At("tmpdir") + "/";
        At("shm");
        At("tmp");
    }

    public static TheoryData<string, string, string> Choices => new()
    {
        { "AOTBROKER_CACHE_DIR", "chosen", "AOTBROKER_CACHE_DIR" },
        { "RUNNER_TEMP", "runner/aotbroker", "RUNNER_TEMP" },
        { "XDG_RUNTIME_DIR", "runtime/aotbroker", "XDG_RUNTIME_DIR" },
        { "XDG_CACHE_HOME", "xdg/aotbroker", "XDG_CACHE_HOME" },
        { "HOME", ".cache/aotbroker", "HOME" },
        { "", "shm/aotbroker-UID", "shared memory" },
        { "TMPDIR", "tmpdir/aotbroker-UID", "TMPDIR" },
        { "", "tmp/aotbroker-UID", "the system's temporary directory" },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void Each_choice_beats_those_after_it(string variable, string expected, string origin)
    {
        SetAll();
        foreach (var row in (IEnumerable<object[]>)Choices)
        {
            if ((string)row[2] == origin)
            {
                break;
            }
            if ((string)row[2] == "shared memory")
            {
                Directory.Delete(_machine.Home["shm"]);
            }
            else
            {
                _machine.Variables[(string)row[0]] = ""; // What is set to nothing is not set.
            }
        }

        CacheDirectory directory = Of();

        Assert.True(variable.Length == 0 || _machine.Variables[variable] is { Length: > 0 });
        Assert.Equal(_machine.Home[expected.Replace("UID", Libc.GetEffectiveUserId().ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)], directory.Path);
        Assert.Equal(origin, directory.Origin);
        Assert.False(Directory.Exists(directory.Path)); // Looking makes nothing.
        directory.Prepare();
        Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(directory.Path));
        Assert.Equal(directory.Path, Of().Path);
        Assert.Null(directory.Surprise());
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_place_that_is_a_file_is_passed_over_for_the_next(string variable, string taken, string origin)
    {
        SetAll();
        _ = variable;
        string uid = Libc.GetEffectiveUserId().ToString(System.Globalization.CultureInfo.InvariantCulture);
        string next = "";
        bool isPast = false;
        foreach (var row in (IEnumerable<object[]>)Choices)
        {
            string path = ((string)row[1]).Replace("UID", uid, StringComparison.Ordinal);
            if (isPast)
            {
                next = _machine.Home[path];
                break;
            }
            isPast = (string)row[1] == taken;
            _machine.Home.Write(path, "");
        }

        CacheDirectory directory = Of();

        Assert.Equal(next.Length > 0, directory.IsUsable);
        Assert.Equal(origin, directory.PassedOver[^1].Origin);
        Assert.All(directory.PassedOver, static other => Assert.Equal("it is a link, or not a directory", other.Reason));
        if (next.Length > 0)
        {
            Assert.Equal(next, directory.Path);
            directory.Prepare();
            Assert.Contains(next, Assert.IsType<AotBroker.Errors.BrokerException>(directory.Surprise()).Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(8, Expect.Error("AB0701", directory.Prepare).Hints.Count(static hint => hint.EndsWith("not a directory", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void A_relative_choice_is_taken_from_the_working_directory()
    {
        _machine.Variables["AOTBROKER_CACHE_DIR"] = "cache";

        Assert.Equal(_machine.Home["cache"], Of().Path);
    }

    [Theory]
    [InlineData("RUNNER_TEMP")]
    [InlineData("XDG_RUNTIME_DIR")]
    [InlineData("XDG_CACHE_HOME")]
    [InlineData("HOME")]
    [InlineData("TMPDIR")]
    public void Any_other_relative_path_is_passed_over(string variable)
    {
        At("tmp");
        _machine.Variables["HOME"] = null;
        _machine.Variables[variable] = "relative";
        At("relative");

        CacheDirectory directory = Of();

        Assert.Equal(Named(_machine.Home["tmp"]), directory.Path);
        Assert.Contains(directory.PassedOver, other => other.Origin == variable && other.Reason == "it is a relative path");
        Assert.Null(directory.Surprise());
    }

    [Theory]
    [InlineData("RUNNER_TEMP")]
    [InlineData("XDG_RUNTIME_DIR")]
    [InlineData("HOME")]
    [InlineData("TMPDIR")]
    public void A_home_or_a_jobs_directory_that_is_not_there_is_not_made(string variable)
    {
        At("tmp");
        _machine.Variables["HOME"] = null;
        _machine.Variables[variable] = _machine.Home["missing/too"];

        CacheDirectory directory = Of();
        directory.Prepare();

        Assert.Equal(Named(_machine.Home["tmp"]), directory.Path);
        Assert.False(Directory.Exists(_machine.Home["missing"]));
    }

    [Fact]
    public void It_is_made_with_its_parents_and_private()
    {
        CacheDirectory directory = Chosen("a/b/c");

        directory.Prepare();
        directory.Prepare();

        Assert.All(new[] { "a", "a/b", "a/b/c" }, name => Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(_machine.Home[name])));
    }

    [Fact]
    public void Two_that_make_it_at_once_both_succeed()
    {
        for (int round = 0; round < 20; round++)
        {
            CacheDirectory directory = Chosen($"round{round}/a/b");
            Threads.Start(8, _ =>
            {
                directory.Prepare();
                return 0;
            }).Results();
        }
    }

    [Theory]
    [InlineData(0x1ED)]
    [InlineData(0x1C8)]
    [InlineData(0x1C1)]
    [InlineData(0x3FF)] // As /tmp itself
    [InlineData(0x1FF)]
    [InlineData(0x5FD)] // As an emptyDir with a group of its own
    public void Below_a_chosen_directory_that_is_open_to_others_there_is_a_private_one(int mode)
    {
        CacheDirectory directory = Chosen("cache");
        _machine.Home.MakeDirectory("cache", (UnixFileMode)mode);

        directory = Of();
        directory.Prepare();

        Assert.Equal(Named(_machine.Home["cache"]), directory.Path);
        Assert.Equal("AOTBROKER_CACHE_DIR", directory.Origin);
        Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(directory.Path) & (UnixFileMode)0x1FF);
        Assert.Equal((UnixFileMode)mode, File.GetUnixFileMode(_machine.Home["cache"]));
        Assert.Null(directory.Surprise());
        Assert.Equal(directory.Path, Of().Path);
        Of().Prepare();
    }

    [Fact]
    public void No_hint_says_to_change_a_directory()
    {
        Chosen("cache");
        _machine.Variables["HOME"] = null;
        _machine.Home.MakeDirectory("cache", (UnixFileMode)0x1FF);
        _machine.Home.Write($"cache/aotbroker-{Libc.GetEffectiveUserId()}", "");

        Assert.DoesNotContain("chmod", Expect.Error("AB0701", Of().Prepare).All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("cache/")]
    [InlineData("cache//")]
    public void A_link_to_a_private_directory_is_passed_over_and_nothing_is_made_behind_it(string name)
    {
        _machine.Home.MakeDirectory("target");
        Directory.CreateSymbolicLink(_machine.Home["cache"], _machine.Home["target"]);

        CacheDirectory directory = Chosen(name);
        directory.Prepare();

        Assert.Equal(_machine.CacheDirectory, directory.Path);
        Assert.Contains("it is a link", directory.Surprise()!.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_machine.Home["target"]));
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("cache/below")]
    public void A_link_to_nothing_is_passed_over(string name)
    {
        Directory.CreateSymbolicLink(_machine.Home["cache"], _machine.Home["nothing"]);

        Assert.Equal(_machine.CacheDirectory, Chosen(name).Path);
        Assert.False(Directory.Exists(_machine.Home["nothing"]));
    }

    [Theory]
    [InlineData("shm")]
    [InlineData("tmp")]
    public void What_somebody_put_in_its_shared_place_is_told_and_not_used(string shared)
    {
        _machine.Variables["HOME"] = null;
        At(shared);
        _machine.Home.MakeDirectory("target");
        Directory.CreateSymbolicLink(Named(_machine.Home[shared]), _machine.Home["target"]);
        string other = At(shared == "shm" ? "tmp" : "shm");

        CacheDirectory directory = Of();
        directory.Prepare();

        Assert.Equal(Named(other), directory.Path);
        Assert.Equal(shared == "shm", directory.Surprise()?.Message.Contains("it is a link", StringComparison.Ordinal) == true);
        Assert.Empty(Directory.GetFileSystemEntries(_machine.Home["target"]));
    }

    [FactForRoot]
    public void A_directory_of_another_user_is_not_used()
    {
        CacheDirectory directory = Chosen("cache");
        Native.GiveTo(Native.Nobody, _machine.Home.MakeDirectory("cache"));
        Native.GiveTo(Native.Nobody, _machine.Home.MakeDirectory($"cache/aotbroker-{Libc.GetEffectiveUserId()}"));

        directory = Of();

        Assert.Equal(_machine.CacheDirectory, directory.Path);
        Assert.Contains("65534", directory.Surprise()!.Message, StringComparison.Ordinal);
    }

    [FactForRoot]
    public void Nothing_is_made_in_another_users_directory()
    {
        At("tmp");
        string theirs = At("theirs");
        Native.GiveTo(Native.Nobody, theirs);
        foreach (string variable in (string[])["HOME", "RUNNER_TEMP", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME"])
        {
            _machine.Variables["HOME"] = null;
            _machine.Variables[variable] = theirs;

            CacheDirectory directory = Of();
            directory.Prepare();

            Assert.Equal(Named(_machine.Home["tmp"]), directory.Path);
            Assert.Equal($"{theirs} belongs to user 65534", directory.PassedOver[0].Reason);
            Assert.Empty(Directory.GetFileSystemEntries(theirs));
            Assert.Null(directory.Surprise());
            _machine.Variables[variable] = null;
        }
    }

    [FactForRoot]
    public void What_another_user_made_in_ones_own_home_is_passed_over()
    {
        // As root leaves it there that was given HOME by sudo.
        At("tmp");
        Native.GiveTo(Native.Nobody, _machine.Home.MakeDirectory(".cache"));

        CacheDirectory directory = Of();

        Assert.Equal(Named(_machine.Home["tmp"]), directory.Path);
        Assert.Equal($"{_machine.Home[".cache"]} belongs to user 65534", Assert.Single(directory.PassedOver, static other => other.Origin == "HOME").Reason);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_passed_over()
    {
        File.SetUnixFileMode(_machine.Home.Path, (UnixFileMode)0x1ED);
        _machine.Home.MakeDirectory("home", (UnixFileMode)0x16D);
        _machine.Variables["HOME"] = _machine.Home["home"];
        _machine.Home.MakeDirectory("tmp", (UnixFileMode)0x3FF);
        try
        {
            Native.WithoutPrivilege(() => Assert.Equal(Named(_machine.Home["tmp"]), Of().Path));
        }
        finally
        {
            File.SetUnixFileMode(_machine.Home["home"], TemporaryDirectory.PrivateDirectory);
        }
    }
}
