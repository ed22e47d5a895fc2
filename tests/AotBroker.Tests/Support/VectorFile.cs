namespace AotBroker.Tests;

/// <summary>
/// A small text file of tests/vectors: headers that say what is expected, an empty line, and the document. A header that is
/// not known is an error, so that no vector can lose its meaning unseen.
/// </summary>
internal sealed class VectorFile
{
    private readonly List<KeyValuePair<string, string>> _headers;

    private VectorFile(List<KeyValuePair<string, string>> headers, string document) => (_headers, Document) = (headers, document);

    /// <summary>What follows the empty line, without the file's last line break.</summary>
    public string Document { get; }

    /// <summary>The one value of a header; null where it is not there.</summary>
    public string? this[string header] => All(header).SingleOrDefault();

    public IEnumerable<string> All(string header) => _headers.Where(pair => pair.Key == header).Select(static pair => pair.Value);

    /// <summary>The names of a folder's vectors.</summary>
    public static TheoryData<string> Names(string folder) =>
        [.. Directory.EnumerateFiles(Repository.Vectors(folder), "*.txt").Select(static path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public static VectorFile Load(string folder, string name, params ReadOnlySpan<string> known) =>
        Parse(File.ReadAllText(Path.Combine(Repository.Vectors(folder), name + ".txt")), known);

    public static VectorFile Parse(string text, params ReadOnlySpan<string> known)
    {
        int end = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (end < 0)
        {
            throw new InvalidDataException("no empty line ends the headers");
        }
        List<KeyValuePair<string, string>> headers = [];
        foreach (string line in text[..end].Split('\n'))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            if (colon < 0 || !known.Contains(line[..colon]))
            {
                throw new InvalidDataException($"unknown header: {line}");
            }
            headers.Add(new(line[..colon], line[(colon + 2)..]));
        }
        if (!headers.Exists(static pair => pair.Key == "expect"))
        {
            throw new InvalidDataException("nothing is expected");
        }
        string document = text[(end + 2)..];
        return new VectorFile(headers, document.EndsWith('\n') ? document[..^1] : document);
    }
}
