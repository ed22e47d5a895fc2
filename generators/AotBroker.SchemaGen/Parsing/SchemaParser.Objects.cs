using System.Collections.Generic;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Parsing;

internal sealed partial class SchemaParser
{
    private static bool DescribesRecord(JsonNode schema) =>
        schema["oneOf"] is not null
        || ((schema["type"]?.Text == "object" || IsObjectOrNull(schema["type"]?.Items ?? [])) && (schema["properties"] is not null || schema["additionalProperties"]?.Kind != JsonKind.Object));

    private static bool IsObjectOrNull(IReadOnlyList<JsonNode> types) =>
        types.Any(item => item.Text == "object") && types.All(item => item.Text is "object" or "null");

    private ValueModel? ParseObject(JsonNode schema, string name, TextSpan nameSpan)
    {
        JsonNode? additional = schema["additionalProperties"];
        if (additional is { Kind: not (JsonKind.Object or JsonKind.True or JsonKind.False) })
        {
            Report(Descriptors.WrongKeywordValue.Id, additional.Span, "additionalProperties", "false, true or a schema");
            return null;
        }

        if (additional?.Kind != JsonKind.Object)
        {
            return ParseRecord(schema, additional?.Kind == JsonKind.False, name, nameSpan);
        }

        if (schema["properties"] is { } properties)
        {
            Report(
                Descriptors.UnsupportedKeyword.Id,
                schema.Members.First(member => member.Name == "additionalProperties").NameSpan,
                "additionalProperties",
                "beside 'properties' it can be false or true; give the map a member of its own");
            return null;
        }

        if (schema["required"] is { } required)
        {
            Report(Descriptors.KeywordWithoutEffect.Id, schema.Members.First(member => member.Name == "required").NameSpan, "required", "a map");
        }

        Shape? value = ParseShape(additional, name + "Value", nameSpan);
        return value is null ? null : new MapValue(value.Value, value.IsNullable);
    }

    private ObjectValue ParseRecord(JsonNode schema, bool isClosed, string name, TextSpan nameSpan)
    {
        HashSet<string> required = ParseRequired(schema);
        var members = new List<MemberModel>();
        JsonNode? properties = schema["properties"];
        if (properties is { Kind: not JsonKind.Object })
        {
            Report(Descriptors.WrongKeywordValue.Id, properties.Span, "properties", "an object of schemas");
        }

        foreach (JsonMember property in properties?.Members ?? [])
        {
            if (ParseMember(property, name, required.Contains(property.Name)) is { } member)
            {
                AddMember(members, member, name, property.NameSpan);
            }
        }

        AddType(
            new RecordModel(name, ParseDocumentation(schema, report: false), new EquatableArray<MemberModel>(members), isClosed),
            nameSpan,
            "The object");
        return new ObjectValue(name);
    }

    private HashSet<string> ParseRequired(JsonNode schema)
    {
        var required = new HashSet<string>();
        if (schema["required"] is not { } node)
        {
            return required;
        }

        if (node.Kind != JsonKind.Array || node.Items.Any(item => item.Kind != JsonKind.String))
        {
            Report(Descriptors.WrongKeywordValue.Id, node.Span, "required", "an array of member names");
            return required;
        }

        foreach (JsonNode item in node.Items)
        {
            if (schema["properties"]?[item.Text] is null)
            {
                Report(Descriptors.UnknownRequired.Id, item.Span, item.Text);
            }

            required.Add(item.Text);
        }

        return required;
    }

    private MemberModel? ParseMember(JsonMember property, string typeName, bool isRequired)
    {
        Shape? shape = ParseShape(property.Value, typeName + Naming.Pascal(property.Name), property.NameSpan);
        return shape is null
            ? null
            : new MemberModel(
                property.Name,
                Naming.Property(property.Name, typeName),
                shape.Value,
                isRequired,
                shape.IsNullable,
                shape.Default,
                shape.Documentation);
    }

    private void AddMember(List<MemberModel> members, MemberModel member, string typeName, TextSpan nameSpan)
    {
        MemberModel? Taken() => members.Find(known => known.PropertyName == member.PropertyName);

        if (Taken() is { } first && first.JsonName != member.JsonName)
        {
            member = member with { PropertyName = Naming.Property(Naming.Exact(member.JsonName), typeName) };
        }

        MemberModel? other = Taken();
        if (other is null)
        {
            members.Add(member);
        }
        else if (other.JsonName != member.JsonName)
        {
            Report(Descriptors.NameCollision.Id, nameSpan, $"'{member.JsonName}'", member.PropertyName, $"'{other.JsonName}'");
        }
    }

    private ListValue? ParseList(JsonNode schema, string name, TextSpan nameSpan)
    {
        long least = ParseCount(schema, "minItems") ?? 0;
        long? most = ParseCount(schema, "maxItems");
        if (least > most)
        {
            Report(Descriptors.Unsatisfiable.Id, schema["maxItems"]!.Span, "'maxItems' is less than 'minItems'");
        }

        bool isUnique = ParseFlag(schema, "uniqueItems");
        Shape? item = schema["items"] is { } items ? ParseShape(items, name + "Item", nameSpan) : new Shape(new AnyValue(), false, null, NoDocumentation);
        return item is null ? null : new ListValue(item.Value, item.IsNullable, least, most, isUnique);
    }
}
