using System.Reflection;
using System.Text;
using System.Text.Json;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Evidence;
using AotBroker.Reporting;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>
/// `schema`: prints the JSON Schema of a document, for editors and other programs, or lists all schemas. The output of a
/// command with --json has a schema too, named after the command.
/// </summary>
internal static class SchemaCommand
{
    /// <summary>The suffix of these schemas' names, after the command's name.</summary>
    public const string OutputEnding = "-output";

    private const string Ending = ".schema.json";

    private static Assembly ThisAssembly => typeof(SchemaCommand).Assembly;

    /// <summary>The documents' names, in alphabetical order.</summary>
    public static string[] Names
    {
        get
        {
            string[] resources = ThisAssembly.GetManifestResourceNames();
            string[] names = Array.ConvertAll(Array.FindAll(resources, static name => name.EndsWith(Ending, StringComparison.Ordinal)), static name => name[..^Ending.Length]);
            Array.Sort(names, StringComparer.Ordinal);
            return names;
        }
    }

    /// <param name="name">The document; null to list them.</param>
    /// <param name="json">List them as JSON. A schema is JSON anyway.</param>
    /// <param name="session">The command's surroundings.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/> for a document that does not exist.</exception>
    public static int Run(string? name, bool json, Session session)
    {
        if (name is null)
        {
            session.Write(json ? Json() : Encoding.UTF8.GetBytes(TextRow.Wrapped(Text(), session.Output.Width)));
            return 0;
        }
        session.Write(Find(name) ?? throw Unknown(name));
        return 0;
    }

    private static byte[]? Find(string name)
    {
        using Stream? stream = ThisAssembly.GetManifestResourceStream(name + Ending);
        if (stream is null)
        {
            return null;
        }
        byte[] schema = new byte[stream.Length];
        stream.ReadExactly(schema);
        return schema;
    }

    private static BrokerException Unknown(string name)
    {
        string message = $"there is no schema \"{name}\"";
        string known = "the schemas are " + string.Join(", ", Names);
        // The most likely mistake is to give the command's own name.
        string? nearest = Array.Find(Names, one => one == name + OutputEnding) ?? SchemaText.Nearest(name, Names);
        return nearest is null
            ? new BrokerException(ErrorCode.Usage, message, known)
            : new BrokerException(ErrorCode.Usage, message, $"did you mean `{nearest}`?", known);
    }

    private static string Text()
    {
        string[] names = Names;
        int width = 0;
        Array.ForEach(names, name => width = Math.Max(width, name.Length));
        StringBuilder text = new();
        foreach (string name in names)
        {
            // The list shows the first sentence.
            string about = Member(name, "description");
            int end = about.IndexOf(". ", StringComparison.Ordinal);
            text.Append(name.PadRight(width)).Append("  ").Append(end < 0 ? about.TrimEnd('.') : about[..end]).Append('\n');
        }
        return text.ToString();
    }

    private static byte[] Json()
    {
        JsonLine line = new JsonLine().BeginObject().BeginObject("schemas");
        foreach (string name in Names)
        {
            line.BeginObject(name).String("title", Member(name, "title")).String("description", Member(name, "description")).EndObject();
        }
        return line.EndObject().EndObject().ToUtf8();
    }

    /// <summary>A text of the schema itself, not of one of its members.</summary>
    private static string Member(string schema, string member)
    {
        Utf8JsonReader reader = new(Find(schema));
        while (reader.Read())
        {
            if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(member))
            {
                return reader.Read() ? reader.GetString() ?? "" : "";
            }
        }
        return "";
    }
}
