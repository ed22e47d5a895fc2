using System.Text;
using AotBroker.Arguments;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Reporting;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>`help`, and `--help` anywhere: an overview, or the help of a command.</summary>
internal static class HelpCommand
{
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/> for a command that does not exist.</exception>
    public static int Run(string? command, bool json, Session session)
    {
        CommandRow? row = command is null ? null : CommandTable.Find(command) ?? throw Unknown(command);
        session.Write(json ? Json(row) : Encoding.UTF8.GetBytes(HelpText.Of(row, session.Output.Width)));
        return 0;
    }

    /// <summary>For a word that is not a command.</summary>
    public static BrokerException Unknown(string name)
    {
        string message = $"there is no command \"{name}\"";
        string help = CommandArguments.SeeHelp();
        return SchemaText.Nearest(name, CommandTable.Names) is { } nearest
            ? new BrokerException(ErrorCode.Usage, message, $"did you mean `{nearest}`?", help)
            : new BrokerException(ErrorCode.Usage, message, help);
    }

    private static byte[] Json(CommandRow? one)
    {
        JsonLine line = new JsonLine().BeginObject().BeginObject("commands");
        foreach (string name in one is null ? CommandTable.Names : [one.Name])
        {
            CommandRow row = CommandTable.Find(name)!;
            line.BeginObject(name).String("about", row.About).String("more", row.More).String("usage", HelpText.Usage(row)).BeginObject("arguments");
            if (row.Argument is { } argument)
            {
                line.String(argument.Name, argument.About);
            }
            line.EndObject().BeginObject("options");
            foreach (Option option in Choices.Shown(row))
            {
                line.BeginObject(option.Name).String("value", option.ValueName).String("about", Choices.Describe(option)).Boolean("required", option.IsRequired).Boolean("list", option.IsList).EndObject();
            }
            line.EndObject().Strings("examples", row.Examples).EndObject();
        }
        return line.EndObject().EndObject().ToUtf8();
    }
}
