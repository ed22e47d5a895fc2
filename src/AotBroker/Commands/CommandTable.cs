using AotBroker.Arguments;
using AotBroker.Clients;
using static AotBroker.Arguments.Options;

namespace AotBroker.Commands;

/// <summary>
/// All commands: what each takes and what its help says. Parser, help, manual pages and completions go by it. A row is created
/// when it is needed, so that a hit creates only its own.
/// </summary>
internal static class CommandTable
{
    public const string Help = "help";

    /// <summary>The commands for people and scripts, in the order of the help.</summary>
    public static string[] Own =>
    [
        GetOptions.Verb, ExecOptions.Verb, KeepOptions.Verb, "status", ProfilesCommand.Verb, "identity", "clear", SetupCommand.Verb, "link", "completion", "schema", Help, "version", "licenses",
    ];

    /// <summary>Those, and the commands that clients call.</summary>
    public static string[] Names => [.. Own, .. Helpers];

    /// <summary>The commands that clients call.</summary>
    public static string[] Helpers => [.. HelperProtocols.All.ConvertAll(static protocol => protocol.Name)];

    /// <summary>Null for any other word.</summary>
    public static CommandRow? Find(string name) => name switch
    {
        GetOptions.Verb => Get,
        ExecOptions.Verb => Exec,
        KeepOptions.Verb => Keep,
        "status" => new(name, "Show which credential would be used here, and why", Profile, Json)
        {
            More = "This includes what the broker would use, what the cache holds, and what each SDK and client would use. No service is contacted, and nothing is exchanged.",
            Examples = ["aotbroker status", "aotbroker status --profile ci --json"],
        },
        ProfilesCommand.Verb => new(name, "List the available profiles", Json)
        {
            More = "Each is shown with its exchange and its file.",
            Examples = ["aotbroker profiles"],
        },
        "identity" => Identity,
        "clear" => Clear,
        SetupCommand.Verb => Setup,
        "link" => Link,
        "completion" => Completion,
        "schema" => new(name, "Print the JSON Schema of a document", Json)
        {
            More = "There are schemas for profiles, for use in editors; for the output of commands with --json; and for the broker's own files.",
            Argument = new("NAME", Value.Document, "The document; leave it out to list them", IsRequired: false),
            Examples = ["aotbroker schema", "aotbroker schema profile > profile.schema.json"],
        },
        Help => new(name, "Print the help of a command", Json)
        {
            Argument = new("COMMAND", Value.Command, "The command; leave it out for an overview", IsRequired: false),
            Examples = ["aotbroker help exec", "aotbroker help --json"],
        },
        "version" => new(name, "Print the version", new(VerboseName, "Also print the commit, what is linked in, and how long it is supported"), Json)
        {
            Examples = ["aotbroker version --verbose"],
        },
        "licenses" => new(name, "Print what is linked in, and under which licences", Json)
        {
            More = "The licence texts are in each release, next to the program.",
            Examples = ["aotbroker licenses"],
        },
        _ => Helper(name),
    };

    private static CommandRow Get => new(
        GetOptions.Verb,
        "Print the credential",
        Profile,
        new(FormatName, Value.Format, "FORMAT", "How to print it") { Default = "token; aws for AWS keys; json for a secret of several fields" },
        MinimumLife,
        new(ForceRefreshName, "Exchange again even if the cached credential looks valid, such as after a server refused it"),
        Options.Timeout,
        Wait,
        Verbose)
    {
        More = "It comes from the cache, or from one exchange that all callers share.",
        Examples = ["aotbroker get", "aotbroker get --profile ci --format json", "export ANTHROPIC_AUTH_TOKEN=\"$(aotbroker get)\""],
    };

    private static CommandRow Exec => new(
        ExecOptions.Verb,
        "Run a command whose SDKs find the credential",
        Profile,
        With,
        new(KeepStaticKeysName, "Leave ANTHROPIC_API_KEY and similar variables in the command's environment"),
        new(NoRefreshName, "Do not start the process that renews the credential while the command runs and removes it afterwards"),
        Options.Timeout,
        Wait,
        Verbose)
    {
        More = "The broker becomes the command. The credential is kept fresh until the command ends, and is then removed.",
        Argument = new("COMMAND", Value.Executable, "The command and its arguments, which are passed on unchanged"),
        Examples = ["aotbroker exec -- python agent.py", "aotbroker exec --with deploy:aws --with registry:env -- ./deploy.sh"],
    };

    private static CommandRow Keep => new(
        KeepOptions.Verb,
        "Publish the credential in a directory, and keep it fresh",
        Profile,
        new("--publish", Value.Directory, "DIR", "Where to publish: a directory that nothing else uses, to be mounted read-only; in the sandbox, ANTHROPIC_CONFIG_DIR must name it") { IsRequired = true },
        new("--detach", "Return when everything is ready; a background process keeps the credential fresh, and ends with the job if its runner can be found"),
        new(DetachedKeep.Option, "This is the background process") { IsHidden = true },
        new("--log", Value.File, "FILE", "Where the background process writes its messages"),
        Number("--watch-pid", "PID", "Exit when this process has ended", "a process id", 1, int.MaxValue),
        Number("--ready-fd", "N", "Write a line to this descriptor when everything is ready (systemd's NOTIFY_SOCKET is notified too)", "an open descriptor", 3, int.MaxValue),
        new("--github-env", "Set the variables for the later steps of a GitHub job"),
        new("--dotenv", Value.File, "FILE", "Append the variables to a file of NAME=VALUE lines"),
        new("--azure-pipelines", "Set the variables for the later steps of an Azure Pipelines job"),
        new("--buildkite", "Set the variables for the later phases of a Buildkite job"),
        Options.Timeout,
        Wait,
        Json,
        Verbose)
    {
        More = "This is for sandboxes, which get neither the identity nor the means to mint one, and for the later steps of a job. On SIGTERM, `keep` removes what it published.",
        Exclusive = ("--ready-fd", "--detach"),
        Examples = ["aotbroker keep --publish /run/credentials", "aotbroker keep --publish ./credentials --watch-pid $$", "aotbroker keep --publish ./credentials --detach --github-env"],
    };

    private static CommandRow Identity => new(
        "identity",
        "Show who this workload is, and what its token says",
        Profile,
        Json,
        new("--print-token", "Print the token itself (with --json, as a member); it is a secret"),
        new("--force", "Print the token even to a terminal"))
    {
        More = "The output also says where the identity was looked for. The token is not presented to any service.",
        Examples = ["aotbroker identity", "aotbroker identity --print-token | some-verifier"],
    };

    private static CommandRow Clear => new(
        "clear",
        "Forget cached credentials and remembered failures",
        Profile,
        new("--all", "Clear every profile, and what finished commands left behind"),
        new("--revoke", "Revoke the credential first, if the service can do that"),
        Json)
    {
        More = "Only those of one profile are cleared, unless --all is given. The record of presented tokens stays.",
        Exclusive = (ProfileOption, "--all"),
        Examples = ["aotbroker clear", "aotbroker clear --all --revoke"],
    };

    private static CommandRow Setup => new(
        SetupCommand.Verb,
        "Configure a client to call the broker",
        Profile,
        new("--file", Value.File, "PATH", "The file to write, instead of the client's own"),
        new("--print", "Print the lines, and write nothing"),
        Json)
    {
        More = "The few lines that the client needs go into a file such as ~/.aws/config; none of them is secret.",
        Argument = new("CLIENT", Value.Client, "The client; leave it out to list them", IsRequired: false),
        Examples = ["aotbroker setup", "aotbroker setup aws --profile deploy", "aotbroker setup git --print"],
    };

    private static CommandRow Link => new(
        "link",
        "Create the links through which clients call the broker",
        new(ProfileOption, Value.Profile, "NAME", "Create links that end in -NAME and serve only this profile"),
        Json)
    {
        More = "One of them is docker-credential-aotbroker.",
        Argument = new("DIR", Value.Directory, "A directory in PATH"),
        Examples = ["aotbroker link ~/.local/bin"],
    };

    private static CommandRow Completion => new("completion", "Print a shell's completion script")
    {
        Argument = new("SHELL", Value.Shell, string.Join(" or ", CompletionCommand.Shells)),
        Examples = ["source <(aotbroker completion bash)", "aotbroker completion fish > ~/.config/fish/completions/aotbroker.fish"],
    };

    private static Option With => new(WithName, Value.Handover, "PROFILE[:FORMAT]", "Also hand over this profile's credential; may be repeated")
    {
        IsList = true,
        Default = "anthropic, aws or google for their own credentials, else env",
    };

    private static CommandRow? Helper(string name) => HelperProtocols.Find(name) is { } protocol ? CommandRow.OfHelper(name, protocol.Description) : null;
}
