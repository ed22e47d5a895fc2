using System.Reflection;
using AotBroker.Brokering;
using AotBroker.Errors;

namespace AotBroker.Commands;

/// <summary>`schema`: prints the JSON Schema of a document, for editors and other programs.</summary>
internal static class SchemaCommand
{
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

    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/> for a document that there is not.</exception>
    public static int Run(string name, Session session)
    {
        using Stream stream = ThisAssembly.GetManifestResourceStream(name + Ending)
            ?? throw new BrokerException(ErrorCode.Usage, $"there is no schema \"{name}\"", "the schemas are " + string.Join(", ", Names));
        byte[] schema = new byte[stream.Length];
        stream.ReadExactly(schema);
        session.Write(schema);
        return 0;
    }
}
