using AotBroker.Clients;
using AotBroker.Errors;
using AotBroker.Files;

namespace AotBroker.Tests;

/// <summary>What a command is to find, and when two credentials cannot both have their way.</summary>
public sealed class ChildEnvironmentTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ChildEnvironment Child => new(_machine.Environment, _machine.Home.Path);

    [Fact]
    public void A_variable_is_one_profiles_and_has_one_value()
    {
        ChildEnvironment child = Child;
        child.Set("A", "1", "one");
        child.Set("A", "1", "one");
        child.Set("B", null, "two");
        child.Reserve("C", "one");

        Assert.Equal([new("A", "1"), new("B", null)], child.Changes);
        Assert.Equal(ErrorCode.Usage, Assert.Throws<BrokerException>(() => child.Set("A", "2", "one")).Code);
        BrokerException error = Assert.Throws<BrokerException>(() => child.Set("A", "1", "two"));
        Assert.Equal((ErrorCode.Usage, "one and two both need A"), (error.Code, error.Message));
        Assert.Equal("one and two both need C", Assert.Throws<BrokerException>(() => child.Set("C", "1", "two")).Message);
        Assert.Equal("one and two both need A", Assert.Throws<BrokerException>(() => child.Reserve("A", "two")).Message);
    }

    [Fact]
    public void A_value_that_a_variable_would_cut_short_is_refused_and_not_shown()
    {
        BrokerException error = Assert.Throws<BrokerException>(() => Child.Set("A", "secret\0rest", "one"));

        Assert.Equal(ErrorCode.Usage, error.Code);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_the_users_alone_and_so_are_their_directories()
    {
        string path = Child.Write("secrets/one/A", "x"u8);

        Assert.Equal("x", File.ReadAllText(path));
        Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(path));
        Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(_machine.Home["secrets"]));
        Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(_machine.Home["secrets/one"]));
    }

    [Fact]
    public void A_file_is_not_written_through_a_link_of_another_user()
    {
        Directory.CreateSymbolicLink(_machine.Home["secrets"], Path.GetTempPath());

        Assert.Throws<IOException>(() => Child.Write("secrets/A", "x"u8));
    }
}
