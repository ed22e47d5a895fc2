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

    /// <summary>The format of this name.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: there is none.</exception>
    public static CredentialFormat Format(string name)
    {
        if (CredentialFormats.Find(name) is { } format)
        {
            return format;
        }
        string help = CommandArguments.SeeHelp(GetOptions.Verb);
        string message = $"{Options.FormatName} takes one of {string.Join(", ", Of(Value.Format))}, and no \"{name}\"";
        throw SchemaText.Nearest(name, Of(Value.Format)) is { } nearest
            ? new BrokerException(ErrorCode.Usage, message, $"did you mean `{nearest}`?", help)
            : new BrokerException(ErrorCode.Usage, message, help);
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
