using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Json;

internal enum JsonKind
{
    Null,
    False,
    True,
    Number,
    String,
    Array,
    Object,
}

/// <summary>One value of a schema file, and where it stands. It lives only while a file is parsed.</summary>
internal sealed class JsonNode(JsonKind kind, TextSpan span)
{
    public JsonKind Kind { get; } = kind;

    public TextSpan Span { get; } = span;

    /// <summary>A string's content, or a number as it is written.</summary>
    public string Text { get; init; } = "";

    public IReadOnlyList<JsonNode> Items { get; init; } = [];

    public IReadOnlyList<JsonMember> Members { get; init; } = [];

    public JsonNode? this[string name]
    {
        get
        {
            foreach (JsonMember member in Members)
            {
                if (member.Name == name)
                {
                    return member.Value;
                }
            }

            return null;
        }
    }

    /// <summary>Equal as JSON has it: numbers by their value, objects whatever the order of their members.</summary>
    public static bool AreEqual(JsonNode a, JsonNode b) => a.Kind == b.Kind && a.Kind switch
    {
        JsonKind.String => a.Text == b.Text,
        JsonKind.Number => new ExactNumber(a.Text).CompareTo(new ExactNumber(b.Text)) == 0,
        JsonKind.Array => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items, AreEqual).All(isEqual => isEqual),
        JsonKind.Object => a.Members.Count == b.Members.Count && a.Members.All(member => b[member.Name] is { } other && AreEqual(member.Value, other)),
        _ => true,
    };
}

internal sealed class JsonMember(string name, TextSpan nameSpan, JsonNode value)
{
    public string Name { get; } = name;

    public TextSpan NameSpan { get; } = nameSpan;

    public JsonNode Value { get; } = value;
}
