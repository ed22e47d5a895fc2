using System.Text;
using AotBroker.Commands;
using AotBroker.Errors;

namespace AotBroker.Tests.Fuzzing;

/// <summary>Arguments, separated by NULs as in /proc/PID/cmdline: each line is bound to a command, or is a matter of usage.</summary>
internal sealed class ArgumentsTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds =>
    [
        .. new[]
        {
            "get", "get --profile ci --format json", "get --min-ttl=60 --timeout 5 --verbose", "exec -- a b", "exec --no-refresh --profile=ci a --help", "exec --timeout 5 -- --",
            "exec --with a --with=b:env -- c", "keep --publish d --ready-fd 3", "clear --all --revoke", "setup aws --file f --print", "link d --profile ci", "help get --json", "completion bash",
        }
            .Select(static line => Encoding.UTF8.GetBytes(line.Replace(' ', '\0'))),
    ];

    public override IEnumerable<string> Words =>
    [
        "get\0", "exec\0", "keep\0", "status\0", "clear\0", "\0--\0", "--profile", "--format", "--min-ttl", "--timeout", "--force-refresh", "--verbose", "--no-refresh", "--keep-static-keys",
        "--with", "--publish", "--json", "--all", "json", "=", "@file", "[suggest]", "-h", "3600", "+5", "-V",
    ];

    public override string Run(byte[] input)
    {
        string[] arguments = Encoding.UTF8.GetString(input).Split('\0');
        try
        {
            switch (CommandLine.Bind(arguments).Options)
            {
                case ExecOptions exec:
                    Assert.Equal(arguments[^exec.Command.Length..], exec.Command);
                    Assert.InRange(exec.Timeout, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3600));
                    return $"exec {exec.Refresh} {exec.KeepStaticKeys} {exec.Profile is null} {exec.With.Count}";
                case GetOptions get:
                    Assert.InRange(get.Timeout ?? TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3600));
                    return $"get {get.Format?.Name} {get.MinimumLife is null} {get.Profile is null}";
                case var other:
                    return other?.GetType().Name ?? "bound";
            }
        }
        catch (BrokerException error)
        {
            Assert.Equal(ErrorCode.Usage, error.Code);
            return Fate(error).Split('"')[0];
        }
    }
}
