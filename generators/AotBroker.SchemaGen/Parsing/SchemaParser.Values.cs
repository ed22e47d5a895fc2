using System;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Parsing;

/// <summary>What a schema says about a value.</summary>
/// <param name="Documentation">The annotations of the schema itself, or of the one that it refers to.</param>
internal sealed record Shape(ValueModel Value, bool IsNullable, string? Default, Documentation Documentation);

internal sealed partial class SchemaParser
{
    /// <summary>The keywords that say alone what a value is.</summary>
    private static readonly string[] Deciding = ["const", "enum", "oneOf"];

    /// <summary>No keyword and no single type says what a value is.</summary>
    private const string Mixed = "mixed";

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

        if (schema.Kind == JsonKind.False)
        {
            Report(Descriptors.Unsatisfiable.Id, schema.Span, "'false' accepts nothing; leave out what it stands for, and write \"additionalProperties\": false where that must not be there");
            return null;
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
        return value is null ? null : WithExamples(schema, new Shape(value, isNullable, ParseDefault(schema, value, isNullable), documentation));
    }

    private Shape WithExamples(JsonNode schema, Shape shape)
    {
        if (schema["examples"] is not null)
        {
            _withExamples.Add((schema, shape));
        }

        return shape;
    }

    private ValueModel? ParseValue(
        JsonNode schema, string type, string name, TextSpan nameSpan, bool isRoot, ref bool isNullable)
    {
        switch (type)
        {
            case "const":
                isNullable = false;
                CheckKeywords(schema, Keywords.OfConst, "a constant", isRoot);
                return ParseConst(schema["const"]!);
            case "enum":
                CheckKeywords(schema, Keywords.OfEnum, "an enumeration", isRoot);
                return ParseEnum(schema, isRoot ? name + "Value" : name, nameSpan, out isNullable);
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
            case "null":
                CheckKeywords(schema, Keywords.OfBoolean, "null", isRoot);
                return new ConstJsonValue("null");
            case "array":
                CheckKeywords(schema, Keywords.OfArray, "an array", isRoot);
                return ParseList(schema, name, nameSpan);
            case "object":
                CheckKeywords(schema, Keywords.OfObject, "an object", isRoot);
                return ParseObject(schema, name, nameSpan);
            case Mixed:
                return ParseMixed(schema, name, nameSpan, isRoot);
            default:
                throw new System.InvalidOperationException(type);
        }
    }

    /// <summary>The one kind of value that a schema describes: a type, or the keyword that decides instead of it.</summary>
    private string? ParseType(JsonNode schema, out bool isNullable)
    {
        isNullable = false;
        string? decided = Deciding.FirstOrDefault(keyword => schema[keyword] is not null);
        if (schema["type"] is not { } type)
        {
            bool isRoot = ReferenceEquals(schema, _root);
            bool saysNothing = schema.Members.All(member => Keywords.Annotations.Contains(member.Name) || (isRoot && Keywords.Root.Contains(member.Name)));
            return decided ?? (saysNothing ? "any" : Mixed);
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

        if (names.Length == 0 || names.Distinct().Count() < names.Length)
        {
            Report(Descriptors.WrongKeywordValue.Id, type.Span, "type", "a type, or an array of different types");
            return null;
        }

        if (decided is not null)
        {
            CheckDecided(schema, decided, names, type);
            return decided;
        }

        string[] others = names.Length == 1 ? names : [.. names.Where(item => item != "null")];
        isNullable = others.Length == 1 && names.Length == 2;
        return others.Length == 1 ? others[0] : Mixed;
    }

    /// <summary>A <c>type</c> beside a keyword that decides alone may only repeat what that keyword says.</summary>
    private void CheckDecided(JsonNode schema, string decided, string[] types, JsonNode type)
    {
        JsonNode keyword = schema[decided]!;
        bool agrees = decided switch
        {
            "const" => types.Any(name => IsOfType(keyword, name)),
            "enum" => keyword.Items.All(item => types.Any(name => IsOfType(item, name))),
            _ => types is ["object"],
        };
        if (!agrees)
        {
            Report(Descriptors.ContradictingType.Id, type.Span, decided);
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
}
