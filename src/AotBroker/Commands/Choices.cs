using AotBroker.Arguments;
using AotBroker.Clients;
using AotBroker.Errors;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>The possible words for a value, if they are known without looking at this machine.</summary>
internal static class Choices
{
    /// <returns>Empty if any text is allowed.</returns>
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
        string message = $"{Options.FormatName} takes one of {string.Join(", ", Of(Value.Format))}, not \"{name}\"";
        throw SchemaText.Nearest(name, Of(Value.Format)) is { } nearest
            ? new BrokerException(ErrorCode.Usage, message, $"did you mean `{nearest}`?", help)
            : new BrokerException(ErrorCode.Usage, message, help);
    }

    /// <summary>The options that the help shows.</summary>
    public static Option[] Shown(CommandRow row) => Array.FindAll(row.Options, static option => !option.IsHidden);

    /// <summary>What the help says about an option, with its choices and its default.</summary>
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
