using AotBroker.Interop;
using AotBroker.Store;

namespace AotBroker.Tests;

/// <summary>Where credentials are kept: the first place that is named, and only if it is this user's alone.</summary>
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

    public static TheoryData<string, string, string> Choices => new()
    {
        { "AOTBROKER_CACHE_DIR", "/chosen", "/chosen" },
        { "RUNNER_TEMP", "/runner", "/runner/aotbroker" },
        { "XDG_RUNTIME_DIR", "/run/user/1", "/run/user/1/aotbroker" },
        { "XDG_CACHE_HOME", "/xdg", "/xdg/aotbroker" },
        { "HOME", "/home/user", "/home/user/.cache/aotbroker" },
        { "TMPDIR", "/tmpdir/", "/tmpdir/aotbroker-UID" },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void Each_choice_beats_those_after_it(string variable, string value, string expected)
    {
        // Those after it are set, those before it are set to nothing.
        _machine.Variables.Clear();
        bool isBefore = true;
        foreach (var row in (IEnumerable<object[]>)Choices)
        {
            isBefore &= (string)row[0] != variable;
            _machine.Variables[(string)row[0]] = isBefore ? "" : (string)row[1];
        }

        CacheDirectory directory = Of();

        Assert.Equal(value, _machine.Variables[variable]);
        Assert.Equal(expected.Replace("UID", Libc.GetEffectiveUserId().ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal), directory.Path);
        Assert.Equal(variable == "TMPDIR" ? "the system's temporary directory" : variable, directory.Origin);
    }

    [Fact]
    public void Without_any_variable_it_is_in_tmp_and_named_after_the_user()
    {
        _machine.Variables.Clear();

        Assert.Equal($"/tmp/aotbroker-{Libc.GetEffectiveUserId()}", Of().Path);
    }

    [Fact]
    public void A_relative_choice_is_taken_from_the_working_directory()
    {
        _machine.Variables["AOTBROKER_CACHE_DIR"] = "cache";

        Assert.Equal(_machine.Home["cache"], Of().Path);
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
    [InlineData(0x1ED, "0755")]
    [InlineData(0x1C8, "0710")]
    [InlineData(0x1C1, "0701")]
    [InlineData(0x3FF, "1777")]
    public void A_directory_that_is_open_to_others_is_refused(int mode, string shown)
    {
        CacheDirectory directory = Chosen("cache");
        _machine.Home.MakeDirectory("cache", (UnixFileMode)mode);

        var error = Expect.Error("AB0701", directory.Prepare);

        Assert.Contains(shown, error.Message, StringComparison.Ordinal);
        Assert.Contains($"chmod 0700 {directory.Path}", error.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("cache/")]
    [InlineData("cache//")]
    public void A_link_to_a_private_directory_is_refused(string name)
    {
        _machine.Home.MakeDirectory("target");
        Directory.CreateSymbolicLink(_machine.Home["cache"], _machine.Home["target"]);

        Expect.Error("AB0701", Chosen(name).Prepare);
    }

    [Fact]
    public void A_link_to_nothing_is_refused()
    {
        Directory.CreateSymbolicLink(_machine.Home["cache"], _machine.Home["nothing"]);

        Expect.Error("AB0701", Chosen("cache").Prepare);
    }

    [Theory]
    [InlineData("cache")]
    [InlineData("cache/below")]
    public void A_file_in_its_place_or_above_it_is_refused(string name)
    {
        _machine.Home.Write("cache", "");

        Expect.Error("AB0701", Chosen(name).Prepare);
    }

    [FactForRoot]
    public void A_directory_of_another_user_is_refused()
    {
        CacheDirectory directory = Chosen("cache");
        Native.GiveTo(Native.Nobody, _machine.Home.MakeDirectory("cache"));

        Assert.Contains("65534", Expect.Error("AB0701", directory.Prepare).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_place_that_cannot_be_written_is_refused()
    {
        File.SetUnixFileMode(_machine.Home.Path, (UnixFileMode)0x16D);
        try
        {
            Native.WithoutPrivilege(() => Expect.Error("AB0701", Chosen("cache").Prepare));
        }
        finally
        {
            File.SetUnixFileMode(_machine.Home.Path, TemporaryDirectory.PrivateDirectory);
        }
    }
}
