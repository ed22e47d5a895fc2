using AotBroker.Arguments;
using AotBroker.Clients;
using AotBroker.Errors;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>The words that can stand for a value, where they are known without looking at this machine.</summary>
internal static class Choices
{
    /// <returns>Empty where any text may stand.</returns>
    public static string[] Of(Value value) => value switch
    {
        Value.Format => [.. CredentialFormats.Offered()],
        Value.Handover => Deliveries.Names,
        Value.Client => ClientSetups.Names,
        Value.Document => SchemaCommand.Names,
        Value.Shell => CompletionCommand.Shells,
        Value.Command => CommandTable.Names,
        _ => [],
    };

    /// <summary>Checks the values that must be of a list, before anything else is looked at.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>.</exception>
    public static void Check(CommandRow row, CommandArguments arguments)
    {
        foreach (Option option in row.Options)
        {
            if (option.Value == Value.Format && !arguments.AsksForHelp && arguments.Find(option.Name) is { } format && CredentialFormats.Find(format) is null)
            {
                string help = CommandArguments.SeeHelp(row.Name);
                string message = $"{option.Name} takes one of {string.Join(", ", Of(option.Value))}, and no \"{format}\"";
                throw SchemaText.Nearest(format, Of(option.Value)) is { } nearest
                    ? new BrokerException(ErrorCode.Usage, message, $"did you mean `{nearest}`?", help)
                    : new BrokerException(ErrorCode.Usage, message, help);
            }
        }
    }

    /// <summary>The options that people are told of.</summary>
    public static Option[] Shown(CommandRow row) => Array.FindAll(row.Options, static option => !option.IsHidden);

    /// <summary>What the help says of an option: with its choices, and with what holds where it is not given.</summary>
    public static string Describe(Option option)
    {
        string about = option.Value switch
        {
            Value.Format => $"{option.About}: {string.Join(", ", Of(option.Value))}",
            Value.Handover => $"{option.About}. FORMAT: {string.Join(", ", Of(option.Value))}",
            _ => option.About,
        };
        return about + (option.IsRequired ? " (required)" : "") + (option.Default.Length > 0 ? $" [default: {option.Default}]" : "");
    }
}
