using System.Text;
using AotBroker.Brokering;
using AotBroker.Commands;
using AotBroker.Errors;
using AotBroker.Reporting;

namespace AotBroker.Tests.Fuzzing;

/// <summary>Arguments, separated by NULs as in /proc/PID/cmdline; whatever `get` and `exec` take by hand, or leave.</summary>
internal sealed class ArgumentsTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds =>
    [
        .. new[] { "get", "get --profile ci --format json", "get --min-ttl=60 --timeout 5 --verbose", "exec -- a b", "exec --no-refresh --profile=ci a --help", "exec --timeout 5 -- --" }
            .Select(static line => Encoding.UTF8.GetBytes(line.Replace(' ', '\0'))),
    ];

    public override IEnumerable<string> Words =>
        ["get\0", "exec\0", "\0--\0", "--profile", "--format", "--min-ttl", "--timeout", "--force-refresh", "--verbose", "--no-refresh", "--keep-static-keys", "json", "=", "@file", "[suggest]", "-h", "3600"];

    public override string Run(byte[] input)
    {
        string[] arguments = Encoding.UTF8.GetString(input).Split('\0');
        if (ExecOptions.TryParse(arguments) is { } exec)
        {
            Assert.Equal(arguments[^exec.CommandLength..], exec.Command);
            Assert.InRange(exec.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(GetOptions.LongestTimeout));
            return $"exec {exec.Refresh} {exec.KeepStaticKeys} {exec.Profile is null}";
        }
        if (GetOptions.TryParse(arguments) is { } get)
        {
            Assert.InRange(get.Timeout ?? Session.DefaultTimeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(GetOptions.LongestTimeout));
            return $"get {get.Format} {get.MinimumLife is null} {get.Profile is null}";
        }
        // Other commands act, and help is printed: they are run through the binary.
        bool isQuiet = arguments[0] == "get" && !arguments.Any(static word => word.Contains('?', StringComparison.Ordinal) || word.Contains('h', StringComparison.Ordinal) || word.StartsWith('['));
        try
        {
            return isQuiet ? $"left {CommandLine.Run(arguments, Machine.Environment, Machine.Reporter, static (_, _) => 0)}" : "left";
        }
        catch (BrokerException error)
        {
            return Fate(error).Split('\'')[0];
        }
    }
}
