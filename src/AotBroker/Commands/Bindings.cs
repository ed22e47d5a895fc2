using AotBroker.Arguments;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Publishing;
using AotBroker.Reporting;
using ConsoleAppFramework;

namespace AotBroker.Commands;

/// <summary>
/// What each command is called with. ConsoleAppFramework generates, from the methods here, the code that picks one by its name
/// and binds its parameters: each is the option of that name in <see cref="CommandTable"/>, by which the arguments have been
/// checked before. `get` and `exec` are bound separately (<see cref="GetOptions.Of"/>, <see cref="ExecOptions.Of"/>): a hit
/// makes no table of commands.
/// </summary>
internal sealed class Bindings
{
    /// <summary>For commands that obtain no credential: a question to the platform, a revocation, files.</summary>
    private static readonly TimeSpan LongestCommand = TimeSpan.FromSeconds(60);

    private BoundCommand? _bound;

    private Bindings()
    {
    }

    /// <summary>What the arguments ask for. The caller runs it, so that the generated code does not catch what a command throws.</summary>
    /// <param name="arguments">In the form of <see cref="CommandArguments.ToBind"/>.</param>
    public static BoundCommand Of(string[] arguments)
    {
        Bindings bindings = new();
        // By default it would write to System.Console, which is left out of the binary.
        ConsoleApp.LogError = static message => throw new BrokerException(ErrorCode.Usage, message, CommandArguments.SeeHelp());
        ConsoleApp.ConsoleAppBuilder app = ConsoleApp.Create();
        app.Add("keep", bindings.Keep);
        app.Add("status", bindings.Status);
        app.Add("profiles", bindings.Profiles);
        app.Add("identity", bindings.Identity);
        app.Add("clear", bindings.Clear);
        app.Add("setup", bindings.Setup);
        app.Add("link", bindings.Link);
        app.Add("completion", bindings.Completion);
        app.Add("schema", bindings.Schema);
        app.Add("help", bindings.Help);
        app.Add("version", bindings.Version);
        app.Add("licenses", bindings.Licenses);
        app.Run(arguments);
        return bindings._bound ?? throw new InvalidOperationException("a command of the table is not bound");
    }

    private void Keep(
        string publish,
        string? profile = null,
        bool detach = false,
        bool detached = false,
        string? log = null,
        int? watchPid = null,
        int? readyFd = null,
        bool githubEnv = false,
        string? dotenv = null,
        bool azurePipelines = false,
        bool buildkite = false,
        int? timeout = null,
        int wait = 0,
        bool json = false,
        bool verbose = false)
    {
        KeepOptions options = new()
        {
            Profile = profile,
            Directory = publish,
            WatchedProcess = watchPid,
            ReadyDescriptor = readyFd,
            Detach = detach,
            IsDetached = detached,
            LogFile = log,
            HandOn = new JobVariables { GitHub = githubEnv, DotenvFile = dotenv, AzurePipelines = azurePipelines, Buildkite = buildkite },
            Verbose = verbose,
            Timeout = TimeoutOf(timeout),
            Wait = TimeSpan.FromSeconds(wait),
            Json = json,
        };
        Bind(session => KeepCommand.Run(options, session), json, options, verbose);
    }

    private void Status(string? profile = null, bool json = false) => BindWithin(session => StatusCommand.Run(profile, json, session), json);

    private void Profiles(bool json = false) => BindWithin(session => ProfilesCommand.Run(json, session), json);

    private void Identity(string? profile = null, bool json = false, bool printToken = false, bool force = false)
    {
        IdentityOptions options = new() { Profile = profile, Json = json, PrintToken = printToken, Force = force };
        BindWithin(session => IdentityCommand.Run(options, session), json);
    }

    private void Clear(string? profile = null, bool all = false, bool revoke = false, bool json = false) =>
        BindWithin(session => ClearCommand.Run(profile, all, revoke, json, session), json);

    private void Setup(string? client = null, string? profile = null, string? file = null, bool print = false, bool json = false)
    {
        SetupOptions options = new() { Client = client, Profile = profile, File = file, Print = print, Json = json };
        BindWithin(session => SetupCommand.Run(options, session), json);
    }

    private void Link(string dir, string? profile = null, bool json = false) => BindWithin(session => LinkCommand.Run(dir, profile, json, session), json);

    private void Completion(string shell) => Bind(session => CompletionCommand.Run(shell, session));

    private void Schema(string? name = null, bool json = false) => Bind(session => SchemaCommand.Run(name, json, session), json);

    private void Help(string? command = null, bool json = false) => Bind(session => HelpCommand.Run(command, json, session), json);

    private void Version(bool verbose = false, bool json = false) => Bind(session => VersionCommand.Run(verbose, json, session), json);

    private void Licenses(bool json = false) => Bind(session => LicensesCommand.Run(json, session), json);

    private static TimeSpan TimeoutOf(int? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : Session.DefaultTimeout;

    private void Bind(Func<Session, int> run, bool json = false, object? options = null, bool verbose = false) =>
        _bound = new BoundCommand(json ? session => RunAsJson(run, session) : run, options, verbose);

    private void BindWithin(Func<Session, int> run, bool json) => Bind(session => run(session.Within(LongestCommand)), json);

    /// <summary>A caller that asked for JSON gets it, even if there is nothing to print but an error.</summary>
    private static int RunAsJson(Func<Session, int> run, Session session)
    {
        try
        {
            return run(session);
        }
        catch (BrokerException error) when (!session.HasWritten)
        {
            Report(error, session);
            throw;
        }
    }

    private static void Report(BrokerException error, Session session)
    {
        try
        {
            session.Write(new JsonLine().BeginObject().Problem(error).EndObject().ToUtf8());
        }
        catch (BrokerException)
        {
            // The error itself is on standard error, which matters more.
        }
    }
}

/// <summary>A command with what it was asked for.</summary>
/// <param name="Run">Does it, and returns the exit code.</param>
/// <param name="Options">What was asked for, if that is a record of its own.</param>
/// <param name="Verbose">Log to standard error.</param>
internal sealed record BoundCommand(Func<Session, int> Run, object? Options, bool Verbose);
