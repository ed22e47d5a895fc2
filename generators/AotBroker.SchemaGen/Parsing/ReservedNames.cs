using System;
using System.Collections.Generic;

namespace AotBroker.SchemaGen.Parsing;

/// <summary>
/// The types that the emitted code uses. One of these names for a type of a schema would hide the real one, because the
/// emitted code is in the same namespace. A test finds out whether the list is whole.
/// </summary>
internal static class ReservedNames
{
    private static readonly HashSet<string> Shared = new(StringComparer.OrdinalIgnoreCase)
    {
        "ISchemaObject", "JsonSyntax", "Reader", "ProblemPlaces", "SchemaFormat", "SchemaJson", "SchemaList", "SchemaMap",
        "SchemaMapBuilder", "SchemaNumber", "SchemaProblem", "SchemaProblemKind", "SchemaProblems", "SchemaReader", "SchemaText",
        "SchemaValue", "Secret", "UnknownMember", "UnknownMembers", "UnknownMembersBuilder", "UnknownMembersWriter",
    };

    private static readonly HashSet<string> Framework = new(StringComparer.Ordinal)
    {
        "ArgumentNullException", "ArgumentOutOfRangeException", "Array", "Ascii", "BitOperations", "CryptographicOperations",
        "CultureInfo", "DebuggerBrowsableState", "Encoding", "HashCode", "IEnumerable", "IEnumerator",
        "InvalidOperationException", "JavaScriptEncoder", "JsonDocument", "JsonElement", "JsonException", "JsonProperty", "JsonReaderOptions", "JsonTokenType", "JsonValueKind",
        "JsonWriterOptions", "Math", "MemoryMarshal", "NumberStyles", "OperationStatus", "Rune", "StringBuilder",
        "StringComparer", "StringComparison", "UInt128", "Utf8", "Utf8JsonReader", "Utf8JsonWriter",
    };

    public static bool Contains(string name) => Shared.Contains(name) || Framework.Contains(name);
}
