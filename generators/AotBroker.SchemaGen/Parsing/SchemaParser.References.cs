using System;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Parsing;

internal sealed partial class SchemaParser
{
    /// <summary>How many definitions may be on the way from the root to another; the parser follows them by recursion.</summary>
    private const int MaxOpen = 100;

    private Shape? ParseReference(JsonNode schema, JsonNode reference)
    {
        Documentation own = ParseDocumentation(schema);
        if (reference.Kind != JsonKind.String)
        {
            Report(Descriptors.WrongKeywordValue.Id, reference.Span, "$ref", "a string such as '#/$defs/NAME'");
            return null;
        }

        if (reference.Text == "#" && _root["$ref"] is { } next)
        {
            if (next.Text != "#")
            {
                return ParseReference(schema, next);
            }

            Report(Descriptors.Cycle.Id, reference.Span, reference.Text);
            return null;
        }

        if (reference.Text == "#")
        {
            return WithExamples(schema, new Shape(new ObjectValue(_rootName), false, ParseDefault(schema, new ObjectValue(_rootName), false), own));
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

        if (ResolveDefinition(definition, reference) is not { Value: var value, IsNullable: var isNullable })
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
        string? byDefault = ParseDefault(schema, value, isNullable) ?? ParseDefault(definition.Value, value, isNullable, report: false);
        return WithExamples(schema, new Shape(value, isNullable, byDefault, documentation));
    }

    private Shape? ResolveDefinition(JsonMember definition, JsonNode reference)
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
            bool isNullable = definition.Value["type"]?.Items.Any(item => item.Text == "null") == true;
            return new Shape(new ObjectValue(Naming.Pascal(definition.Name)), isNullable, null, NoDocumentation);
        }

        Report(Descriptors.Cycle.Id, reference.Span, reference.Text);
        return null;
    }

    /// <summary>A fragment is percent-encoded, and a pointer in it is tilde-encoded (RFC 6901, section 6).</summary>
    private static string Unescape(string fragment) =>
        Uri.UnescapeDataString(fragment).Replace("~1", "/").Replace("~0", "~");
}
