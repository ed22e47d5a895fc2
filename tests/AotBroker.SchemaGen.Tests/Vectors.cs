using System.Globalization;
using System.Text;

namespace AotBroker.SchemaGen.Tests;

/// <summary>A document, and what is expected of it.</summary>
internal sealed record Vector(string File, int Line, IReadOnlyDictionary<string, string> Headers, byte[] Document)
{
    public string? this[string header] => Headers.GetValueOrDefault(header);

    public override string ToString() => $"{File}:{Line}";
}

/// <summary>
/// Reads the files of tests/vectors/schemagen. Each begins with its schema; what follows are cases, each after a line of four
/// dashes: headers, an empty line, the document. A header that is not known is an error, so that no case can lose its meaning.
/// </summary>
internal static class Vectors
{
    private static readonly string[] Known = ["about", "expect", "problem", "writes", "bytes"];

    public static IEnumerable<(SchemaText Schema, IReadOnlyList<Vector> Cases)> Load() =>
        Directory.EnumerateFiles(Repository.Vectors, "*.vectors").Order(StringComparer.Ordinal).Select(Load);

    public static (SchemaText Schema, IReadOnlyList<Vector> Cases) Load(string path) => Parse(Path.GetFileName(path), File.ReadAllText(path));

    public static (SchemaText Schema, IReadOnlyList<Vector> Cases) Parse(string file, string text)
    {
        string[] sections = text.Split("\n----\n");
        int line = 1 + Lines(sections[0]);
        List<Vector> cases = [];
        foreach (string section in sections.Skip(1))
        {
            cases.Add(ParseCase(file, line + 1, section));
            line += 1 + Lines(section);
        }

        string name = Path.GetFileNameWithoutExtension(file) + ".schema.json";
        return (new SchemaText(name, sections[0]), cases);
    }

    private static Vector ParseCase(string file, int line, string section)
    {
        int end = section.IndexOf("\n\n", StringComparison.Ordinal);
        Dictionary<string, string> headers = [];
        foreach (string header in section[..end].Split('\n'))
        {
            int colon = header.IndexOf(": ", StringComparison.Ordinal);
            string name = colon < 0 ? header : header[..colon];
            if (!Known.Contains(name))
            {
                throw new InvalidDataException($"{file}:{line}: unknown header '{name}'");
            }

            string value = header[(colon + 2)..];
            headers[name] = name == "problem" && headers.TryGetValue(name, out string? before) ? before + "\n" + value : value;
        }

        if (headers.GetValueOrDefault("expect") is not ("valid" or "invalid"))
        {
            throw new InvalidDataException($"{file}:{line}: 'expect' must be valid or invalid");
        }

        string document = section[(end + 2)..];
        document = document.EndsWith('\n') ? document[..^1] : document;
        return new Vector(file, line, headers, headers.ContainsKey("bytes") ? Unescape(document) : Encoding.UTF8.GetBytes(document));
    }

    /// <summary>With the header <c>bytes</c>, <c>\xNN</c> stands for an octet.</summary>
    private static byte[] Unescape(string document)
    {
        List<byte> bytes = [];
        for (int i = 0; i < document.Length; i++)
        {
            if (document[i] == '\\' && document[i + 1] == 'x')
            {
                bytes.Add(byte.Parse(document.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                i += 3;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(document[i].ToString()));
            }
        }

        return [.. bytes];
    }

    private static int Lines(string text) => text.Count(c => c == '\n') + 1;
}
