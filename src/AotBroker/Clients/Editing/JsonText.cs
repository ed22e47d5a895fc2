using System.Text.Json;
using AotBroker.Reporting;

namespace AotBroker.Clients.Editing;

/// <summary>
/// JSON to which a member is added, or in which one is replaced, and of which every other octet stays: the reader tells
/// where things are, and the text is cut there.
/// </summary>
internal sealed class JsonText
{
    private readonly string _text;
    private readonly string _end;
    private readonly string _unit;
    private readonly Place _root;

    private JsonText(string text, string unit, Place root)
    {
        _text = text;
        _root = root;
        _end = OctetText.LineEnd(text);
        _unit = root.FirstKey >= 0 && IndentOf(root.FirstKey) is { Length: > 0 } own ? own : unit;
    }

    /// <summary>An object of the document, and what it has of a name.</summary>
    private sealed class Place
    {
        public int Open { get; init; }

        public int Close { get; set; }

        /// <summary>-1 if it has no member.</summary>
        public int FirstKey { get; set; } = -1;

        public int LastEnd { get; set; }

        public int Found { get; set; }

        /// <summary>The member's name is written in other letters, which some readers take for the same.</summary>
        public bool IsNear { get; set; }

        public JsonTokenType Kind { get; set; }

        public string? Value { get; set; }

        public int ValueStart { get; set; }

        public int ValueEnd { get; set; }

        public Place? Inner { get; set; }
    }

    /// <summary>Gives a member of the document, or a member of such a member, a text.</summary>
    /// <param name="text">What the file holds.</param>
    /// <param name="path">One name or two.</param>
    /// <param name="value">The text.</param>
    /// <param name="isOurs">Whether a text that is there may be replaced.</param>
    /// <param name="unit">What a line of the client's own is indented by.</param>
    public static FileEdit Put(string text, string[] path, string value, Func<string, bool> isOurs, string unit)
    {
        if (!text.AsSpan(OctetText.MarkLength(text)).ContainsAnyExcept(" \t\r\n"))
        {
            return FileEdit.To(text + OctetText.Of(Document(path, value, unit)));
        }
        int mark = OctetText.MarkLength(text);
        Place root;
        try
        {
            Utf8JsonReader reader = new(OctetText.Write(text[mark..]));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return FileEdit.Refused("it is not a JSON object");
            }
            root = Read(ref reader, path, mark);
            _ = reader.Read(); // Throws if something follows.
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Its text may quote what is in the file.
            return FileEdit.Refused(error is JsonException { LineNumber: { } line } ? $"it is not JSON, from line {line + 1} on" : "it is not JSON");
        }
        return new JsonText(text, unit, root).Put(root, path, value, isOurs);
    }

    /// <summary>The document that has nothing but the member.</summary>
    public static string Document(string[] path, string value, string unit) => path.Length == 1
        ? $"{{\n{unit}{JsonLine.Quote(path[0])}: {JsonLine.Quote(value)}\n}}\n"
        : $"{{\n{unit}{JsonLine.Quote(path[0])}: {{\n{unit}{unit}{JsonLine.Quote(path[1])}: {JsonLine.Quote(value)}\n{unit}}}\n}}\n";

    private static Place Read(ref Utf8JsonReader reader, ReadOnlySpan<string> path, int mark)
    {
        Place place = new() { Open = mark + (int)reader.TokenStartIndex };
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int key = mark + (int)reader.TokenStartIndex;
            place.FirstKey = place.FirstKey < 0 ? key : place.FirstKey;
            string name = reader.GetString()!;
            bool isFound = name == path[0];
            place.IsNear |= !isFound && string.Equals(name, path[0], StringComparison.OrdinalIgnoreCase);
            reader.Read();
            int start = mark + (int)reader.TokenStartIndex;
            JsonTokenType kind = reader.TokenType;
            if (isFound && kind == JsonTokenType.StartObject && path.Length > 1)
            {
                place.Inner = Read(ref reader, path[1..], mark);
            }
            else
            {
                place.Value = isFound && kind == JsonTokenType.String ? reader.GetString() : place.Value;
                reader.Skip();
            }
            place.LastEnd = mark + (int)reader.BytesConsumed;
            if (isFound)
            {
                place.Found++;
                (place.Kind, place.ValueStart, place.ValueEnd) = (kind, start, place.LastEnd);
            }
        }
        place.Close = mark + (int)reader.TokenStartIndex;
        return place;
    }

    private FileEdit Put(Place place, string[] path, string value, Func<string, bool> isOurs)
    {
        if (place.Found > 1 || place.IsNear)
        {
            return FileEdit.NotUnderstood(LineOf(place.Found > 1 ? place.ValueStart : place.Open), $"has more than one {JsonLine.Quote(path[0])} in an object, or one in different case");
        }
        if (place.Found == 0)
        {
            return FileEdit.To(Insert(place, path, value));
        }
        if (path.Length > 1)
        {
            return place.Inner is { } inner ? Put(inner, path[1..], value, isOurs)
                : FileEdit.NotUnderstood(LineOf(place.ValueStart), $"has a {JsonLine.Quote(path[0])} that is not an object");
        }
        if (place.Kind == JsonTokenType.String && place.Value == value)
        {
            return FileEdit.To(_text);
        }
        return place.Value is { } found && isOurs(found)
            ? FileEdit.To(_text[..place.ValueStart] + Quote(value) + _text[place.ValueEnd..])
            : FileEdit.NotUnderstood(LineOf(place.ValueStart), $"has another {JsonLine.Quote(path[0])}; remove it, or name another profile");
    }

    private string Insert(Place place, string[] path, string value)
    {
        if (place.FirstKey < 0)
        {
            // Nothing is between the braces, or white space.
            bool isLine = place == _root || _text.AsSpan(_root.Open, place.Open - _root.Open).Contains('\n');
            string outer = isLine ? LineStart(place.Open) : "";
            string inside = isLine ? _end + outer + _unit + Member(path, value, outer + _unit, isLine, isTight: false) + _end + outer : Member(path, value, "", isLine, isTight: true);
            return _text[..(place.Open + 1)] + inside + _text[place.Close..];
        }
        string? indent = IndentOf(place.FirstKey);
        int colon = _text.IndexOf(':', place.FirstKey);
        bool isTight = indent is null && _text[Math.Max(colon, 0) + 1] is not (' ' or '\t');
        string member = Member(path, value, indent ?? "", indent is not null, isTight);
        return _text[..place.LastEnd] + (indent is null ? isTight ? "," : ", " : "," + _end + indent) + member + _text[place.LastEnd..];
    }

    private string Member(string[] path, string value, string indent, bool isLine, bool isTight)
    {
        string name = Quote(path[0]) + (isTight ? ":" : ": ");
        if (path.Length == 1)
        {
            return name + Quote(value);
        }
        string inner = Quote(path[1]) + (isTight ? ":" : ": ") + Quote(value);
        return name + (isLine ? $"{{{_end}{indent}{_unit}{inner}{_end}{indent}}}" : $"{{{inner}}}");
    }

    private static string Quote(string text) => OctetText.Of(JsonLine.Quote(text));

    /// <summary>The white space before what is first on its line; null if something else is before it.</summary>
    private string? IndentOf(int at)
    {
        string start = LineStart(at);
        int line = _text.LastIndexOf('\n', at - 1) + 1;
        return line > 0 && line + start.Length == at ? start : null;
    }

    /// <summary>The white space that the line begins with.</summary>
    private string LineStart(int at)
    {
        int start = at == 0 ? 0 : _text.LastIndexOf('\n', at - 1) + 1;
        int end = start;
        while (_text[end] is ' ' or '\t')
        {
            end++;
        }
        return _text[start..end];
    }

    private int LineOf(int offset) => _text.AsSpan(0, offset).Count('\n');
}
