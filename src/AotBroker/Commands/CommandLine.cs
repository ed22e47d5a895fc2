using AotBroker.Arguments;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Reporting;
using AotBroker.Runtime;

namespace AotBroker.Commands;

/// <summary>The command line: which command, and with what.</summary>
internal static class CommandLine
{
    private const string Version = "version";

    /// <param name="arguments">Without the program's name.</param>
    /// <param name="environment">Where variables come from.</param>
    /// <param name="reporter">Standard error.</param>
    /// <param name="bound">The deadline at which the kernel ends the process; null for none.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>, or what the command fails with.</exception>
    public static int Run(string[] arguments, ProcessEnvironment environment, Reporter reporter, LastBound? bound = null)
    {
        if (Suggestions.AreAsked(arguments))
        {
            StandardStream.Out.WriteOrThrow(Suggestions.Of(arguments.AsSpan(1), environment));
            return 0;
        }
        BoundCommand command = Bind(arguments);
        return command.Run(new Session(environment, StandardStream.Out, reporter, command.Verbose, bound: bound));
    }

    /// <summary>What the arguments ask for.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>.</exception>
    public static BoundCommand Bind(ReadOnlySpan<string> arguments)
    {
        if (arguments.IsEmpty)
        {
            return Bindings.Of([CommandTable.Help]);
        }
        string name = arguments[0];
        ReadOnlySpan<string> rest = arguments[1..];
        if (CommandTable.Find(name) is not { } row)
        {
            row = CommandTable.Find(Options.AsksForHelp(name) ? CommandTable.Help : name is "--version" or "-V" ? Version : "") ?? throw Unknown(name, rest);
        }
        CommandArguments taken = CommandArguments.Of(row, rest);
        // A client's call of its helper gets here only if one of its words asks for help.
        if (taken.AsksForHelp || row.Argument is { Value: Value.ClientWords })
        {
            return Bindings.Of([CommandTable.Help, "--command", row.Name]);
        }
        switch (row.Name)
        {
            case GetOptions.Verb:
                GetOptions get = GetOptions.Of(taken);
                return new BoundCommand(session => GetCommand.Run(get, session), get, get.Verbose);
            case ExecOptions.Verb:
                ExecOptions exec = ExecOptions.Of(taken);
                return new BoundCommand(session => ExecCommand.Run(exec, session, OwnProcess.Instance), exec, taken.Has(Options.VerboseName));
            default:
                return Bindings.Of(taken.ToBind());
        }
    }

    private static BrokerException Unknown(string name, ReadOnlySpan<string> rest)
    {
        string help = CommandArguments.SeeHelp();
        if (name.StartsWith('-'))
        {
            string option = name.Split('=')[0];
            string message = name == "--" ? "the command comes first" : $"there is no option {option} before the command";
            foreach (string word in rest)
            {
                // It stands before its command.
                if (CommandTable.Find(word)?.Find(option) is { } meant)
                {
                    return new BrokerException(ErrorCode.Usage, message, CommandArguments.AfterCommand(word, meant), help);
                }
            }
            return new BrokerException(ErrorCode.Usage, message, help);
        }
        return HelpCommand.Unknown(name);
    }
}
