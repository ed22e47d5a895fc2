using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// A command of the profile's that prints the token. Whether it makes a new one each time only its tokens tell.
/// </summary>
internal sealed class CommandSource(CommandIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    // What nearly every program needs, and nothing that a job's secrets are in.
    private const string Home = "HOME";
    private const string Search = "PATH";

    /// <summary>Each is set by one platform, to what no other of its jobs has.</summary>
    private static readonly string[] JobNames =
    [
        Variables.GitHubRunId, Variables.GitHubRunAttempt, Variables.GitHubJob, "CI_JOB_ID", "BUILDKITE_JOB_ID",
        "CIRCLE_WORKFLOW_JOB_ID", "SYSTEM_JOBID", "BITBUCKET_STEP_UUID", "TFC_RUN_ID",
    ];

    private List<string>? _arguments;

    /// <summary>The command with its paths absolute.</summary>
    private List<string> Arguments => _arguments ??= Resolved();

    public IdentitySettings Settings => settings with { Command = [.. Arguments] };

    public string Description => "the command " + settings.Command[0];

    public TokenSupply Supply => TokenSupply.Cached;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is CommandIdentity own ? new CommandSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context) => null;

    /// <summary>
    /// By fingerprints: arguments and variables may hold secrets. PATH is not part of it, which differs
    /// from one tool of a job to the next. The program is not run for a hit: the job and the machine stand for what it says.
    /// </summary>
    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("command", KeyText.Fingerprint(string.Join('\0', Arguments)));
        key.Add("home", environment.Get(Home));
        key.Add("host", environment.HostName);
        foreach (string name in JobNames)
        {
            key.Add(name, environment.Get(name));
        }
        if (settings.Environment is { } names)
        {
            key.Add("environment", KeyText.Fingerprint(string.Join('\0', Values(names))));
        }
    }

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        List<string> names = [Search, Home, .. settings.Environment ?? []];
        return new TokenCommand(Description, Arguments, environment)
        {
            Variables = Values(names),
            Limit = TimeSpan.FromSeconds(settings.TimeoutSeconds),
        }.GetToken(deadline);
    }

    /// <summary>The command's words, the program by an absolute path where it is named by one.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>.</exception>
    private List<string> Resolved()
    {
        List<string> arguments = [.. settings.Command];
        foreach (string argument in arguments)
        {
            if (argument.Contains('\0', StringComparison.Ordinal))
            {
                throw new BrokerException(ErrorCode.SettingInvalid, "identity.command holds a NUL, which no argument can", "remove it from the profile");
            }
        }
        arguments[0] = arguments[0].Contains('/', StringComparison.Ordinal) ? environment.Absolute(arguments[0]) : arguments[0];
        return arguments;
    }

    private List<string> Values(IEnumerable<string> names)
    {
        List<string> values = [];
        foreach (string name in names)
        {
            if (environment.Get(name) is { } value && !values.Exists(other => other.StartsWith(name + "=", StringComparison.Ordinal)))
            {
                values.Add($"{name}={value}");
            }
        }
        return values;
    }
}
