using System.Collections.Generic;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;

namespace AotBroker.SchemaGen.Parsing;

internal sealed partial class SchemaParser
{
    /// <param name="allowed">The keywords that have an effect here.</param>
    private void CheckKeywords(JsonNode schema, string[] allowed, string what, bool isRoot)
    {
        foreach (JsonMember member in schema.Members)
        {
            string keyword = member.Name;
            if (Keywords.Annotations.Contains(keyword) || (isRoot && Keywords.Root.Contains(keyword)) || allowed.Contains(keyword))
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
            else
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
