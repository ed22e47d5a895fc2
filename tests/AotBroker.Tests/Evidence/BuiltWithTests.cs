using AotBroker.Brokering;
using AotBroker.Commands;
using AotBroker.Evidence;
using AotBroker.Reporting;

namespace AotBroker.Tests;

/// <summary>What the program says that it is made of, and what it says when that is no longer supported.</summary>
public sealed class BuiltWithTests
{
    /// <summary>2028-11-14T23:59:59Z</summary>
    private const long LastSecond = 1857859199;

    [Theory]
    [InlineData(0x30000130, "3.0.19")]
    [InlineData(0x30500040, "3.5.4")]
    [InlineData(0x40a00ff0, "4.10.255")]
    public void OpenSSLs_number_is_three(long number, string name) => Assert.Equal(name, BuiltWith.OpenSslName(number));

    [Fact]
    public void The_libraries_say_their_versions()
    {
        Assert.Matches(@"^\.NET 10\.", BuiltWith.Runtime);
        if (OperatingSystem.IsLinux())
        {
            Assert.Matches(@"^3\.\d+\.\d+$", BuiltWith.OpenSsl);
            Assert.Matches(@"^2\.\d+$", BuiltWith.Glibc);
        }
    }

    [Theory]
    [InlineData(LastSecond, "")]
    [InlineData(LastSecond + 1, "aotbroker: warning[AB0806]: the runtime inside this program has had no security updates since 2028-11-14\naotbroker: hint: install a newer release\n")]
    public void Status_warns_once_support_has_ended(long now, string expected)
    {
        using Machine machine = new();
        machine.Clock.Now = now;

        StatusCommand.Run(null, json: true, new Session(machine.Environment, machine.Output.Stream, machine.Reporter, verbose: false));

        string warned = string.Concat(machine.Error.Text.Split('\n').SkipWhile(line => !line.Contains("AB0806", StringComparison.Ordinal)).Select(line => line.Length > 0 ? line + "\n" : ""));
        Assert.Equal(expected, warned);
    }
}
