using AotBroker.Arguments;
using AotBroker.Clients;
using static AotBroker.Arguments.Options;

namespace AotBroker.Commands;

/// <summary>
/// All commands: what each takes and what its help says. Parser, help, manual pages and completions go by it. A row is made
/// where it is asked for, so that a hit makes its own and no other.
/// </summary>
internal static class CommandTable
{
    public const string Help = "help";

    /// <summary>Those for people and scripts, in the order of the help.</summary>
    public static string[] Own =>
    [
        GetOptions.Verb, ExecOptions.Verb, KeepOptions.Verb, "status", ProfilesCommand.Verb, "identity", "clear", SetupCommand.Verb, "link", "completion", "schema", Help, "version", "licenses",
    ];

    /// <summary>Those and what clients call.</summary>
    public static string[] Names => [.. Own, .. Helpers];

    /// <summary>What clients call.</summary>
    public static string[] Helpers => [.. HelperProtocols.All.ConvertAll(static protocol => protocol.Name)];

    /// <summary>Null for another word.</summary>
    public static CommandRow? Find(string name) => name switch
    {
        GetOptions.Verb => Get,
        ExecOptions.Verb => Exec,
        KeepOptions.Verb => Keep,
        "status" => new(name, "Tell which credential would be used here, and why", Profile, Json)
        {
            More = "What the broker would use here, what the cache has of it, and what each SDK and client would use, and why. Nothing is asked or exchanged.",
            Examples = ["aotbroker status", "aotbroker status --profile ci --json"],
        },
        ProfilesCommand.Verb => new(name, "List the profiles that are there", Json)
        {
            More = "Each with what its identity is exchanged for, and its file.",
            Examples = ["aotbroker profiles"],
        },
        "identity" => Identity,
        "clear" => Clear,
        SetupCommand.Verb => Setup,
        "link" => Link,
        "completion" => Completion,
        "schema" => new(name, "Print the JSON Schema of a document", Json)
        {
            More = "Of a profile, for editors; of what a command prints with --json, for scripts; and of the broker's own files.",
            Argument = new("NAME", Value.Document, "The document; none to list them", IsRequired: false),
            Examples = ["aotbroker schema", "aotbroker schema profile > profile.schema.json"],
        },
        Help => new(name, "Print the help of a command", Json)
        {
            Argument = new("COMMAND", Value.Command, "The command; none for an overview", IsRequired: false),
            Examples = ["aotbroker help exec", "aotbroker help --json"],
        },
        "version" => new(name, "Print the version", new(VerboseName, "Print also the commit, what is linked in, and how long it is supported"), Json)
        {
            Examples = ["aotbroker version --verbose"],
        },
        "licenses" => new(name, "Print what is linked in, and under which licences", Json)
        {
            More = "The texts of the licences are in each release, beside the program.",
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
        new(ForceRefreshName, "Exchange again although the cached one looks good: a server refused it"),
        Options.Timeout,
        Wait,
        Verbose)
    {
        More = "From the cache, or by one exchange that all callers share.",
        Examples = ["aotbroker get", "aotbroker get --profile ci --format json", "export ANTHROPIC_AUTH_TOKEN=\"$(aotbroker get)\""],
    };

    private static CommandRow Exec => new(
        ExecOptions.Verb,
        "Run a command whose SDKs find the credential",
        Profile,
        With,
        new(KeepStaticKeysName, "Leave ANTHROPIC_API_KEY and its like in the command's environment"),
        new(NoRefreshName, "Start no process beside the command that renews the credential, and removes it in the end"),
        Options.Timeout,
        Wait,
        Verbose)
    {
        More = "The broker becomes the command. The credential is kept fresh until the command ends, and is removed then.",
        Argument = new("COMMAND", Value.Executable, "The command and its arguments; none of them is looked at"),
        Examples = ["aotbroker exec -- python agent.py", "aotbroker exec --with deploy:aws --with registry:env -- ./deploy.sh"],
    };

    private static CommandRow Keep => new(
        KeepOptions.Verb,
        "Publish the credential in a directory, and keep it fresh",
        Profile,
        new("--publish", Value.Directory, "DIR", "Where to publish: a directory of its own, to be mounted read-only; ANTHROPIC_CONFIG_DIR names it inside") { IsRequired = true },
        new("--detach", "End when everything is there; a process stays that keeps it fresh, until the job ends where its runner can be seen"),
        new(DetachedKeep.Option, "This is that process") { IsHidden = true },
        new("--log", Value.File, "FILE", "Where the process that stays writes what it has to say"),
        Number("--watch-pid", "PID", "End when this process has ended", "the id of a process", 1, int.MaxValue),
        Number("--ready-fd", "N", "Write a line to this descriptor when everything is there (systemd's NOTIFY_SOCKET is told too)", "an open descriptor", 3, int.MaxValue),
        new("--github-env", "Set the variables for the later steps of a GitHub job"),
        new("--dotenv", Value.File, "FILE", "Append the variables to a file of NAME=VALUE lines"),
        new("--azure-pipelines", "Set the variables for the later steps of a job of Azure Pipelines"),
        new("--buildkite", "Set the variables for the later phases of a Buildkite job"),
        Options.Timeout,
        Wait,
        Json,
        Verbose)
    {
        More = "For sandboxes, which get neither the identity nor the means to mint one, or for the later steps of a job. SIGTERM takes it back.",
        Exclusive = ("--ready-fd", "--detach"),
        Examples = ["aotbroker keep --publish /run/credentials", "aotbroker keep --publish ./credentials --watch-pid $$", "aotbroker keep --publish ./credentials --detach --github-env"],
    };

    private static CommandRow Identity => new(
        "identity",
        "Tell who this workload is, and what its token says",
        Profile,
        Json,
        new("--print-token", "Print the token itself, alone or with --json as a member: it is a secret"),
        new("--force", "Print the token on a terminal too"))
    {
        More = "And where that was looked for. The token is presented to no service.",
        Examples = ["aotbroker identity", "aotbroker identity --print-token | some-verifier"],
    };

    private static CommandRow Clear => new(
        "clear",
        "Forget cached credentials and remembered failures",
        Profile,
        new("--all", "Clear every profile, and what ended commands left"),
        new("--revoke", "First have the service take the credential back, where it can"),
        Json)
    {
        More = "Those of the profile. Tokens that were presented stay recorded.",
        Exclusive = (ProfileOption, "--all"),
        Examples = ["aotbroker clear", "aotbroker clear --all --revoke"],
    };

    private static CommandRow Setup => new(
        SetupCommand.Verb,
        "Have a client call the broker: write its configuration",
        Profile,
        new("--file", Value.File, "PATH", "The file to write, instead of the client's own"),
        new("--print", "Show the lines, and write nothing"),
        Json)
    {
        More = "The few lines that the client needs, in a file such as ~/.aws/config; nothing secret.",
        Argument = new("CLIENT", Value.Client, "The client; none to list them", IsRequired: false),
        Examples = ["aotbroker setup", "aotbroker setup aws --profile deploy", "aotbroker setup git --print"],
    };

    private static CommandRow Link => new(
        "link",
        "Make the links by which clients call the broker",
        new(ProfileOption, Value.Profile, "NAME", "Links that end in -NAME, and serve this profile alone"),
        Json)
    {
        More = "Such as docker-credential-aotbroker.",
        Argument = new("DIR", Value.Directory, "A directory of PATH"),
        Examples = ["aotbroker link ~/.local/bin"],
    };

    private static CommandRow Completion => new("completion", "Print a shell's completion")
    {
        Argument = new("SHELL", Value.Shell, string.Join(" or ", CompletionCommand.Shells)),
        Examples = ["source <(aotbroker completion bash)", "aotbroker completion fish > ~/.config/fish/completions/aotbroker.fish"],
    };

    private static Option With => new(WithName, Value.Handover, "PROFILE[:FORMAT]", "Hand over this profile's credential too; may be given several times")
    {
        IsList = true,
        Default = "anthropic, aws or google where it is theirs; else env",
    };

    private static CommandRow? Helper(string name) => HelperProtocols.Find(name) is { } protocol ? CommandRow.OfHelper(name, protocol.Description) : null;
}
