using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;
using AotBroker.SchemaGen.Patterns;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Parsing;

/// <summary>What a schema says about a value.</summary>
/// <param name="Documentation">The annotations of the schema itself, or of the one that it refers to.</param>
internal sealed record Shape(ValueModel Value, bool IsNullable, string? Default, Documentation Documentation);

internal sealed partial class SchemaParser
{
    /// <summary>The keywords that say alone what a value is.</summary>
    private static readonly string[] Deciding = ["const", "enum", "oneOf"];

    /// <summary>How many definitions may be on the way from the root to another; the parser follows them by recursion.</summary>
    private const int MaxOpen = 100;

    private static readonly Documentation NoDocumentation = new(null, null, default, false);

    private static readonly string[] Types = ["object", "array", "string", "integer", "number", "boolean", "null"];

    /// <param name="name">The name of the type, should one be emitted for the schema.</param>
    /// <param name="nameSpan">What to underline when that name is taken.</param>
    private Shape? ParseShape(JsonNode schema, string name, TextSpan nameSpan, bool isRoot = false)
    {
        if (schema.Kind == JsonKind.True)
        {
            return new Shape(new AnyValue(), false, null, NoDocumentation);
        }

        if (!IsObject(schema, "a schema"))
        {
            return null;
        }

        if (schema["$ref"] is { } reference)
        {
            CheckKeywords(schema, Keywords.OfReference, "a reference", isRoot);
            return ParseReference(schema, reference);
        }

        string? type = ParseType(schema, out bool isNullable);
        ValueModel? value = type is null ? null : ParseValue(schema, type, name, nameSpan, isRoot, ref isNullable);
        Documentation documentation = ParseDocumentation(schema);
        return value is null ? null : new Shape(value, isNullable, ParseDefault(schema, value), documentation);
    }

    private ValueModel? ParseValue(
        JsonNode schema, string type, string name, TextSpan nameSpan, bool isRoot, ref bool isNullable)
    {
        switch (type)
        {
            case "const":
                CheckKeywords(schema, Keywords.OfConst, "a constant", isRoot);
                return ParseConst(schema["const"]!);
            case "enum":
                CheckKeywords(schema, Keywords.OfEnum, "an enumeration", isRoot);
                return ParseEnum(schema, name, nameSpan, ref isNullable);
            case "oneOf":
                CheckKeywords(schema, Keywords.OfUnion, "a choice", isRoot);
                return ParseUnion(schema, name, nameSpan);
            case "string":
                CheckKeywords(schema, Keywords.OfString, "a string", isRoot);
                return ParseString(schema);
            case "integer":
                CheckKeywords(schema, Keywords.OfNumber, "a number", isRoot);
                return ParseInteger(schema);
            case "number":
                CheckKeywords(schema, Keywords.OfNumber, "a number", isRoot);
                return ParseNumberValue(schema);
            case "any":
                CheckKeywords(schema, [], "", isRoot);
                return new AnyValue();
            case "boolean":
                CheckKeywords(schema, Keywords.OfBoolean, "a boolean", isRoot);
                return new BooleanValue();
            case "array":
                CheckKeywords(schema, Keywords.OfArray, "an array", isRoot);
                return ParseList(schema, name, nameSpan);
            case "object":
                CheckKeywords(schema, Keywords.OfObject, "an object", isRoot);
                return ParseObject(schema, name, nameSpan);
            default:
                Report(Descriptors.UnclearType.Id, schema["type"]!.Span, $"'{type}' is not supported; write one of string, integer, number, boolean, array, object");
                return null;
        }
    }

    /// <summary>The one kind of value that a schema describes: a type, or the keyword that decides instead of it.</summary>
    private string? ParseType(JsonNode schema, out bool isNullable)
    {
        isNullable = false;
        string? decided = Deciding.FirstOrDefault(keyword => schema[keyword] is not null);
        if (schema["type"] is not { } type)
        {
            if (decided is null && schema.Members.All(member => Keywords.Annotations.Contains(member.Name)))
            {
                return "any";
            }

            int reported = _diagnostics.Count;
            if (decided is null)
            {
                CheckKeywords(schema, null, "", isRoot: ReferenceEquals(schema, _root));
            }

            // A keyword that is not supported says enough: perhaps it was to decide the type.
            if (decided is null && reported == _diagnostics.Count)
            {
                Report(Descriptors.UnclearType.Id, new TextSpan(schema.Span.Start, 1), "write \"type\", or one of '$ref', 'const', 'enum', 'oneOf'");
            }

            return decided;
        }

        string[] names = type.Kind == JsonKind.Array ? [.. type.Items.Select(item => item.Text)] : [type.Text];
        foreach (JsonNode item in type.Kind == JsonKind.Array ? type.Items : [type])
        {
            if (item.Kind != JsonKind.String || !Types.Contains(item.Text))
            {
                Report(Descriptors.WrongKeywordValue.Id, item.Span, "type", "one of " + string.Join(", ", Types));
                return null;
            }
        }

        isNullable = names.Contains("null");
        string[] others = [.. names.Where(item => item != "null")];
        if (others.Length != 1)
        {
            Report(Descriptors.UnclearType.Id, type.Span, "write one type, or an array of one type and \"null\"");
            return null;
        }

        if (decided is null)
        {
            return others[0];
        }

        CheckDecided(schema, decided, others[0], isNullable, type);
        return decided;
    }

    /// <summary>A <c>type</c> beside a keyword that decides alone may only repeat what that keyword says.</summary>
    private void CheckDecided(JsonNode schema, string decided, string typeName, bool isNullable, JsonNode type)
    {
        JsonNode keyword = schema[decided]!;
        bool agrees = decided switch
        {
            "const" => !isNullable && IsOfType(keyword, typeName),
            "enum" => keyword.Items.All(item => item.Kind == JsonKind.Null ? isNullable : IsOfType(item, typeName)),
            _ => !isNullable && typeName == "object",
        };
        if (!agrees)
        {
            Report(Descriptors.UnclearType.Id, type.Span, $"it does not agree with '{decided}'; remove it");
        }
    }

    private static bool IsOfType(JsonNode node, string type) => node.Kind switch
    {
        JsonKind.String => type == "string",
        JsonKind.Number => type == "number" || (type == "integer" && TryGetInteger(node, out _)),
        JsonKind.True or JsonKind.False => type == "boolean",
        JsonKind.Object => type == "object",
        JsonKind.Array => type == "array",
        _ => type == "null",
    };

    private Shape? ParseReference(JsonNode schema, JsonNode reference)
    {
        Documentation own = ParseDocumentation(schema);
        if (reference.Kind != JsonKind.String)
        {
            Report(Descriptors.WrongKeywordValue.Id, reference.Span, "$ref", "a string such as '#/$defs/NAME'");
            return null;
        }

        if (reference.Text == "#")
        {
            return new Shape(new ObjectValue(_rootName), false, null, own);
        }

        const string start = "#/$defs/";
        string name = reference.Text.StartsWith(start, StringComparison.Ordinal) ? Unescape(reference.Text.Substring(start.Length)) : "";
        JsonMember? definition = _root["$defs"]?.Members.FirstOrDefault(member => member.Name == name);
        if (definition is null)
        {
            string instead = name.Length > 0 && name.IndexOf('/') < 0 ? $"'$defs' has no '{name}'" : "write '#' or '#/$defs/NAME', in the same file";
            Report(Descriptors.WrongReference.Id, reference.Span, reference.Text, instead);
            return null;
        }

        ValueModel? value = ResolveDefinition(definition, reference);
        if (value is null)
        {
            return null;
        }

        Documentation documentation = own with
        {
            Title = own.Title ?? definition.Value["title"]?.Text,
            Description = own.Description ?? definition.Value["description"]?.Text,
            Examples = own.Examples.Count > 0 ? own.Examples : ParseDocumentation(definition.Value, report: false).Examples,
            IsDeprecated = own.IsDeprecated || definition.Value["deprecated"]?.Kind == JsonKind.True,
        };
        return new Shape(value, false, ParseDefault(schema, value) ?? ParseDefault(definition.Value, value, report: false), documentation);
    }

    private ValueModel? ResolveDefinition(JsonMember definition, JsonNode reference)
    {
        if (!_open.Contains(definition.Name))
        {
            if (_open.Count < MaxOpen)
            {
                return ParseDefinition(definition);
            }

            Report(Descriptors.WrongReference.Id, reference.Span, reference.Text, $"it is the end of a chain of more than {MaxOpen} references");
            return null;
        }

        // The definition is being parsed: what it emits may refer to itself by name, a plain value cannot.
        if (DescribesRecord(definition.Value))
        {
            return new ObjectValue(Naming.Pascal(definition.Name));
        }

        Report(Descriptors.Cycle.Id, reference.Span, reference.Text);
        return null;
    }

    /// <summary>A fragment is percent-encoded, and a pointer in it is tilde-encoded (RFC 6901, section 6).</summary>
    private static string Unescape(string fragment) =>
        Uri.UnescapeDataString(fragment).Replace("~1", "/").Replace("~0", "~");

    /// <param name="allowed">The keywords that have an effect here; null where none is known because the type is not.</param>
    private void CheckKeywords(JsonNode schema, string[]? allowed, string what, bool isRoot)
    {
        foreach (JsonMember member in schema.Members)
        {
            string keyword = member.Name;
            if (Keywords.Annotations.Contains(keyword) || (isRoot && Keywords.Root.Contains(keyword)) || allowed?.Contains(keyword) == true)
            {
                continue;
            }

            if (Keywords.InsteadOf(keyword) is { } instead)
            {
                Report(Descriptors.UnsupportedKeyword.Id, member.NameSpan, keyword, instead);
            }
            else if (Keywords.Root.Contains(keyword))
            {
                Report(Descriptors.UnsupportedKeyword.Id, member.NameSpan, keyword, "write it at the root of the file");
            }
            else if (!Keywords.IsSupported(keyword))
            {
                string? nearest = Keywords.Nearest(keyword);
                Report(Descriptors.UnknownKeyword.Id, member.NameSpan, keyword, nearest is null ? "remove it" : $"did you mean '{nearest}'?");
            }
            else if (allowed is not null)
            {
                Report(Descriptors.KeywordWithoutEffect.Id, member.NameSpan, keyword, what);
            }
        }
    }

    private Documentation ParseDocumentation(JsonNode schema, bool report = true)
    {
        string? title = Annotation(schema, "title", report);
        string? description = Annotation(schema, "description", report);
        _ = Annotation(schema, "$comment", report);
        bool isDeprecated = ParseFlag(schema, "deprecated", report);
        IEnumerable<string> examples = [];
        if (schema["examples"] is { } node)
        {
            if (node.Kind == JsonKind.Array)
            {
                examples = node.Items.Select(item => _text.ToString(item.Span));
            }
            else if (report)
            {
                Report(Descriptors.WrongKeywordValue.Id, node.Span, "examples", "an array");
            }
        }

        return new Documentation(title, description, new EquatableArray<string>(examples), isDeprecated);
    }

    private string? Annotation(JsonNode schema, string keyword, bool report)
    {
        JsonNode? node = schema[keyword];
        if (node is { Kind: not JsonKind.String } && report)
        {
            Report(Descriptors.WrongKeywordValue.Id, node.Span, keyword, "a string");
        }

        return node?.Text;
    }

    private bool ParseFlag(JsonNode schema, string keyword, bool report = true)
    {
        JsonNode? node = schema[keyword];
        if (node is { Kind: not (JsonKind.True or JsonKind.False) } && report)
        {
            Report(Descriptors.WrongKeywordValue.Id, node.Span, keyword, "true or false");
        }

        return node?.Kind == JsonKind.True;
    }
}
