using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Errors;
using AotBroker.Publishing;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>
/// All commands, with help and completion. It is built only where the quick way in (<see cref="GetOptions.TryParse"/>,
/// <see cref="ExecOptions.TryParse"/>) did not apply: building it costs as much as a hit.
/// </summary>
internal sealed class CommandLine
{
    private const string About = """
        Trades this workload's identity for a short-lived credential: any number of processes, one exchange.

        Start with:
          aotbroker status                 what would be used here, and why
          aotbroker identity               who this workload is, and what its token says
          aotbroker get                    print the credential
          aotbroker exec -- COMMAND ...    run a command whose SDKs find the credential

        Which profile applies: --profile, AOTBROKER_PROFILE, ANTHROPIC_PROFILE, the ANTHROPIC_FEDERATION_RULE_ID and
        ANTHROPIC_ORGANIZATION_ID variables, active_config, "default".
        Exit codes: 0 done, 2 usage, 3 profile, 4 identity, 5 refused, 6 unreachable, 7 cache or file system.
        """;

    /// <summary>How System.CommandLine begins to say that it does not know a word. (Its list of these words brings LINQ along.)</summary>
    private const string Unrecognized = "Unrecognized command or argument '";

    /// <summary>For what asks for no credential: a question to the platform, a service that takes credentials back, files.</summary>
    private static readonly TimeSpan LongestCommand = TimeSpan.FromSeconds(60);

    private readonly Option<string?> _profile = new("--profile") { Description = "The profile to use", HelpName = "NAME" };
    private readonly Option<bool> _verbose = new("--verbose") { Description = "Log to standard error what is done (also: AOTBROKER_LOG=debug)" };
    private readonly Option<bool> _json = new("--json") { Description = "Print JSON" };
    private readonly Option<int> _timeout = new("--timeout")
    {
        Description = "How long to wait for a credential",
        HelpName = "SECONDS",
        DefaultValueFactory = static _ => (int)Session.DefaultTimeout.TotalSeconds,
        CustomParser = static result => (int)Seconds(result, 1, GetOptions.LongestTimeout),
    };

    private readonly Option<int> _wait = new("--wait")
    {
        Description = "Where the only identity token was presented or has expired: how long to wait, besides, for the platform to write another",
        HelpName = "SECONDS",
        CustomParser = static result => (int)Seconds(result, 0, GetOptions.LongestWait),
    };

    private readonly ProcessEnvironment _environment;
    private readonly Reporter _reporter;
    private readonly Func<GetOptions, Session, int> _get;
    private readonly LastBound? _bound;

    private CommandLine(ProcessEnvironment environment, Reporter reporter, Func<GetOptions, Session, int> get, LastBound? bound)
    {
        _environment = environment;
        _reporter = reporter;
        _get = get;
        _bound = bound;
    }

    /// <param name="arguments">Without the program's name.</param>
    /// <param name="environment">Where variables come from.</param>
    /// <param name="reporter">Standard error.</param>
    /// <param name="get">What `get` does with its options; null for the command itself.</param>
    /// <param name="bound">The process's last bound; null for none.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments, ProcessEnvironment environment, Reporter reporter, Func<GetOptions, Session, int>? get = null, LastBound? bound = null)
    {
        CommandLine commandLine = new(environment, reporter, get ?? GetCommand.Run, bound);
        RootCommand root = commandLine.Build();
        if (Suggestions.Of(arguments, root) is { } words)
        {
            StandardStream.Out.WriteOrThrow(words);
            return 0;
        }
        // No response files: an argument that starts with "@" is not a file to read more arguments from.
        ParseResult result = root.Parse(arguments.Length == 0 ? ["--help"] : arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors.Count > 0)
        {
            throw UsageError(result);
        }
        using StringWriter output = new(CultureInfo.InvariantCulture) { NewLine = "\n" };
        int exitCode = result.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            // What is not written here, it writes to System.Console, which is left out of the binary.
            Output = output,
            Error = TextWriter.Null,
        });
        StandardStream.Out.WriteOrThrow(Encoding.UTF8.GetBytes(output.ToString()));
        return exitCode;
    }

    private static BrokerException UsageError(ParseResult result)
    {
        Command command = result.CommandResult.Command;
        string help = $"see `{Product.Name} {(command is RootCommand ? "" : command.Name + " ")}--help`";
        // What is wrong with an option or an argument tells more than what is wrong with the whole command.
        foreach (ParseError error in result.Errors)
        {
            if (error.SymbolResult is not CommandResult)
            {
                return new BrokerException(ErrorCode.Usage, AsOneLine(error.Message), help);
            }
        }
        string message = AsOneLine(result.Errors[^1].Message);
        foreach (ParseError error in result.Errors)
        {
            if (error.Message.StartsWith(Unrecognized, StringComparison.Ordinal))
            {
                message = AsOneLine(error.Message);
                break;
            }
        }
        return message.StartsWith(Unrecognized, StringComparison.Ordinal) && Meant(message[Unrecognized.Length..^1], command) is { } meant
            ? new BrokerException(ErrorCode.Usage, message, meant, help)
            : new BrokerException(ErrorCode.Usage, message, help);
    }

    /// <summary>What the command would have understood in the place of a word; null where nothing is near.</summary>
    private static string? Meant(string word, Command command)
    {
        string name = word.StartsWith('-') ? word.Split('=')[0] : word;
        foreach (Option option in command.Options)
        {
            // The very name, so it stands where it is not looked for: before the command, or behind `--`.
            if (option.Name == name && command is not RootCommand)
            {
                return $"options come after the command, as in `{Product.Name} {command.Name} {name}{(option.HelpName is { } value ? " " + value : "")}`";
            }
        }
        // An option is no slip for a command, nor the other way round.
        string[] words = Array.FindAll(Words(command), other => other.StartsWith('-') == name.StartsWith('-'));
        return SchemaText.Nearest(name, words) is { } nearest && nearest != name ? $"did you mean `{nearest}`?" : null;
    }

    private static string[] Words(Command command)
    {
        List<string> words = [];
        foreach (Command one in command.Subcommands)
        {
            words.Add(one.Name);
        }
        foreach (Option one in command.Options)
        {
            words.Add(one.Name);
        }
        return [.. words];
    }

    private static string AsOneLine(string message) => string.Join(' ', message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');

    private RootCommand Build()
    {
        RootCommand root = new(About) { Get(), Exec(), Keep(), Status(), Profiles(), Identity(), Clear(), Version(), Licenses(), Schema(), Link(), Setup(), Completion() };
        foreach (HelperProtocol protocol in HelperProtocols.All)
        {
            root.Add(Helper(protocol));
        }
        foreach (Option option in root.Options)
        {
            if (option is HelpOption)
            {
                option.Action = new HelpText(StandardStream.Out);
            }
        }
        return root;
    }

    private Command Get()
    {
        Option<string?> format = new("--format") { Description = $"How to print it: {string.Join(", ", CredentialFormats.Offered())} [default: token; aws for AWS keys; json for a secret of several fields]", HelpName = "FORMAT" };
        format.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: { } name }] && CredentialFormats.Find(name) is null)
            {
                result.AddError($"Argument '{name}' not recognized. Must be one of: '{string.Join("' '", CredentialFormats.Offered())}'");
            }
        });
        Option<long?> minimumLife = new("--min-ttl")
        {
            Description = "Renew it if it is good for less than this",
            HelpName = "SECONDS",
            CustomParser = static result => Seconds(result, 0, long.MaxValue),
        };
        Option<bool> force = new("--force-refresh") { Description = "Exchange again although the cached one looks good: a server refused it" };
        Command command = new(GetOptions.Verb, "Print the credential, from the cache or by one exchange that all callers share") { _profile, format, minimumLife, force, _timeout, _wait, _verbose };
        command.SetAction(result => _get(
            new GetOptions
            {
                Profile = result.GetValue(_profile),
                Format = result.GetValue(format),
                MinimumLife = result.GetValue(minimumLife),
                ForceRefresh = result.GetValue(force),
                Timeout = result.GetResult(_timeout) is { Implicit: false } ? TimeSpan.FromSeconds(result.GetValue(_timeout)) : null,
                Wait = TimeSpan.FromSeconds(result.GetValue(_wait)),
                Verbose = result.GetValue(_verbose),
            },
            SessionOf(result)));
        return command;
    }

    private Command Exec()
    {
        Option<bool> keep = new("--keep-static-keys") { Description = "Leave ANTHROPIC_API_KEY and its like in the command's environment" };
        Option<bool> noRefresh = new("--no-refresh") { Description = "Start no process beside the command that renews the credential, and removes it in the end" };
        Option<string[]> with = new("--with")
        {
            Description = $"Hand over this profile's credential too; may be given several times. FORMAT: {string.Join(", ", Deliveries.Names)} [default: anthropic, aws or google where it is theirs; else env]",
            HelpName = "PROFILE[:FORMAT]",
            Arity = ArgumentArity.OneOrMore,
        };
        Argument<string[]> words = new("COMMAND") { Description = "The command and its arguments, after --", Arity = ArgumentArity.OneOrMore };
        Command command = new(ExecOptions.Verb, "Become a command whose SDKs find the credential: aotbroker exec [options] -- COMMAND ...; it is kept fresh until the command ends") { _profile, with, keep, noRefresh, _timeout, _wait, _verbose, words };
        command.Validators.Add(result =>
        {
            if (result.GetResult(words)?.Tokens is [{ Value: ['-', ..] option }, ..])
            {
                result.AddError($"unrecognized option '{option}' (the command comes after the options, or after --)");
            }
        });
        // ExecOptions takes all that is right. Whatever else passes here must not be run: System.CommandLine looks for the
        // broker's options among the command's own.
        command.SetAction(static int (_) => throw new BrokerException(ErrorCode.Usage, "an option is written in a way that `exec` does not take", $"see `{Product.Name} exec --help`"));
        return command;
    }

    private Command Keep()
    {
        Option<string> publish = new("--publish") { Description = "Where to publish: a directory of its own, to be mounted read-only; ANTHROPIC_CONFIG_DIR names it inside", HelpName = "DIR", Required = true };
        Option<int?> watched = new("--watch-pid") { Description = "End when this process has ended", HelpName = "PID", CustomParser = static result => (int)Number(result, 1, int.MaxValue, "the id of a process") };
        Option<int?> ready = new("--ready-fd") { Description = "Write a line to this descriptor when everything is there (systemd's NOTIFY_SOCKET is told too)", HelpName = "N", CustomParser = static result => (int)Number(result, 3, int.MaxValue, "an open descriptor") };
        Option<bool> detach = new("--detach") { Description = "End when everything is there; a process stays that keeps it fresh, until the job ends where its runner can be seen" };
        Option<bool> detached = new(DetachedKeep.Option) { Hidden = true };
        Option<string?> log = new("--log") { Description = "Where the process that stays writes what it has to say", HelpName = "FILE" };
        Option<bool> github = new("--github-env") { Description = "Set the variables for the later steps of a GitHub job" };
        Option<string?> dotenv = new("--dotenv") { Description = "Append the variables to a file of NAME=VALUE lines", HelpName = "FILE" };
        Option<bool> azure = new("--azure-pipelines") { Description = "Set the variables for the later steps of a job of Azure Pipelines" };
        Option<bool> buildkite = new("--buildkite") { Description = "Set the variables for the later phases of a Buildkite job" };
        Command command = new(KeepOptions.Verb, "Publish the profile in a directory for sandboxes or the later steps of a job, and keep it fresh; SIGTERM takes it back")
        {
            _profile, publish, detach, detached, log, watched, ready, github, dotenv, azure, buildkite, _timeout, _wait, _json, _verbose,
        };
        command.SetAction(result => KeepCommand.Run(
            new KeepOptions
            {
                Profile = result.GetValue(_profile),
                Directory = result.GetValue(publish)!,
                WatchedProcess = result.GetValue(watched),
                ReadyDescriptor = result.GetValue(ready),
                Detach = result.GetValue(detach),
                IsDetached = result.GetValue(detached),
                LogFile = result.GetValue(log),
                HandOn = new JobVariables
                {
                    GitHub = result.GetValue(github),
                    DotenvFile = result.GetValue(dotenv),
                    AzurePipelines = result.GetValue(azure),
                    Buildkite = result.GetValue(buildkite),
                },
                Verbose = result.GetValue(_verbose),
                Timeout = TimeSpan.FromSeconds(result.GetValue(_timeout)),
                Wait = TimeSpan.FromSeconds(result.GetValue(_wait)),
                Json = result.GetValue(_json),
            },
            SessionOf(result)));
        return command;
    }

    private Command Status()
    {
        Command command = new("status", "Tell which credential the broker and each SDK would use here, and why") { _profile, _json };
        command.SetAction(result => StatusCommand.Run(result.GetValue(_profile), result.GetValue(_json), BoundedSession(result)));
        return command;
    }

    private Command Profiles()
    {
        Command command = new(ProfilesCommand.Verb, "List the profiles that are there, what each exchanges for, and its file") { _json };
        command.SetAction(result => ProfilesCommand.Run(result.GetValue(_json), BoundedSession(result)));
        return command;
    }

    private Command Identity()
    {
        Option<bool> print = new("--print-token") { Description = "Print the token itself, alone or with --json as a member: it is a secret" };
        Option<bool> force = new("--force") { Description = "Print the token on a terminal too" };
        Command command = new("identity", "Tell who this workload is, where that was looked for, and what its token says; the token is presented to nobody") { _profile, _json, print, force };
        command.SetAction(result => IdentityCommand.Run(
            new IdentityOptions
            {
                Profile = result.GetValue(_profile),
                Json = result.GetValue(_json),
                PrintToken = result.GetValue(print),
                Force = result.GetValue(force),
            },
            BoundedSession(result)));
        return command;
    }

    private Command Clear()
    {
        Option<bool> all = new("--all") { Description = "Clear every profile, and what ended commands left" };
        Option<bool> revoke = new("--revoke") { Description = "First have the service take the credential back, where it can" };
        Command command = new("clear", "Forget the cached credential and remembered failures of the profile (presented tokens stay recorded)") { _profile, all, revoke };
        command.Validators.Add(result =>
        {
            if (result.GetResult(_profile) is not null && result.GetResult(all) is not null)
            {
                result.AddError("--profile and --all exclude each other");
            }
        });
        command.SetAction(result => ClearCommand.Run(result.GetValue(_profile), result.GetValue(all), result.GetValue(revoke), BoundedSession(result)));
        return command;
    }

    private Command Version()
    {
        Option<bool> all = new("--verbose") { Description = "Print also the commit, what is linked in, and how long it is supported" };
        Command command = new("version", "Print the version") { all, _json };
        command.SetAction(result => VersionCommand.Run(result.GetValue(all), result.GetValue(_json), SessionOf(result)));
        return command;
    }

    private Command Licenses()
    {
        Command command = new("licenses", "Print what is linked in, and under which licences");
        command.SetAction(result => LicensesCommand.Run(SessionOf(result)));
        return command;
    }

    private Command Schema()
    {
        Argument<string> name = new("NAME") { Description = "A document's name, such as profile", HelpName = "NAME" };
        Command command = new("schema", "Print the JSON Schema of a document, for editors") { name };
        command.SetAction(result => SchemaCommand.Run(result.GetValue(name)!, SessionOf(result)));
        return command;
    }

    private Command Link()
    {
        Argument<string> directory = new("DIR") { Description = "A directory of PATH", HelpName = "DIR" };
        Option<string?> profile = new("--profile") { Description = "Links that end in -NAME, and serve this profile alone", HelpName = "NAME" };
        Command command = new("link", "Make the links by which clients call the broker, such as docker-credential-aotbroker") { directory, profile, _json };
        command.SetAction(result => LinkCommand.Run(result.GetValue(directory)!, result.GetValue(profile), result.GetValue(_json), BoundedSession(result)));
        return command;
    }

    private Command Setup()
    {
        Argument<string?> client = new("CLIENT") { Description = "The client; none to list them", HelpName = "CLIENT", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> file = new("--file") { Description = "The file to write, instead of the client's own", HelpName = "PATH" };
        Option<bool> print = new("--print") { Description = "Show the lines, and write nothing" };
        Command command = new(SetupCommand.Verb, "Write the few lines by which a client's configuration calls the broker, such as ~/.aws/config") { client, _profile, file, print, _json };
        command.SetAction(result => SetupCommand.Run(
            new SetupOptions
            {
                Client = result.GetValue(client),
                Profile = result.GetValue(_profile),
                File = result.GetValue(file),
                Print = result.GetValue(print),
                Json = result.GetValue(_json),
            },
            BoundedSession(result)));
        return command;
    }

    /// <summary>For help and completion: <see cref="HelperCall.OfName"/> takes the calls.</summary>
    private Command Helper(HelperProtocol protocol)
    {
        Argument<string[]> words = new("VERB") { Description = "What the client says", Arity = ArgumentArity.ZeroOrMore };
        Command command = new(protocol.Name, protocol.Description) { words, _profile, _verbose };
        command.SetAction(result => new HelperCall(protocol, result.GetValue(_profile), false, result.GetValue(words) ?? []).Run(SessionOf(result)));
        return command;
    }

    private Command Completion()
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish", HelpName = "SHELL" };
        Command command = new("completion", "Print a shell's completion") { shell };
        command.SetAction(result => CompletionCommand.Run(result.GetValue(shell)!, SessionOf(result)));
        return command;
    }

    private Session SessionOf(ParseResult result) =>
        new(_environment, StandardStream.Out, _reporter, result.GetResult(_verbose) is not null && result.GetValue(_verbose), bound: _bound);

    private Session BoundedSession(ParseResult result) => SessionOf(result).Within(LongestCommand);

    private static long Seconds(ArgumentResult result, long least, long most) => Number(result, least, most, "a whole number of seconds");

    private static long Number(ArgumentResult result, long least, long most, string what)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) || value < least || value > most)
        {
            string option = (result.Parent as OptionResult)?.IdentifierToken?.Value ?? "";
            result.AddError(most >= int.MaxValue ? $"{option} takes {what}, {least} or more" : $"{option} takes {what}, {least} to {most}");
        }
        return value;
    }
}
