using System.Collections.Generic;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Parsing;

/// <summary>Schemas of several types, or of none. Each keyword speaks of its own type, and leaves values of the others alone.</summary>
internal sealed partial class SchemaParser
{
    private readonly List<(MixedValue Value, TextSpan Where)> _mixed = [];

    private MixedValue ParseMixed(JsonNode schema, string name, TextSpan nameSpan, bool isRoot)
    {
        string[] types = schema["type"] is { } type ? [.. type.Items.Select(item => item.Text)] : Types;
        var allowed = new List<string> { "type" };
        var kinds = new List<KindModel>();

        // A type whose keywords are not there is accepted as it is.
        bool Speaks(string[] keywords)
        {
            allowed.AddRange(keywords);
            return keywords.Any(keyword => keyword != "type" && schema[keyword] is not null);
        }

        foreach (string kind in MixedValue.Types)
        {
            ValueModel? value = kind switch
            {
                "number" when !types.Contains("number") && types.Contains("integer") => Speaks(Keywords.OfNumber) ? ParseInteger(schema) : new IntegerValue(null, null, null),
                _ when !types.Contains(kind) => null,
                "string" when Speaks(Keywords.OfPlainString) => ParseString(schema),
                "number" when Speaks(Keywords.OfNumber) => ParseNumberValue(schema),
                "array" when Speaks(Keywords.OfArray) => ParseList(schema, name, nameSpan),
                "object" when Speaks(Keywords.OfObject) => ParseObject(schema, name + "Object", nameSpan),
                _ => new AnyValue(),
            };
            if (value is not null)
            {
                kinds.Add(new KindModel(kind, value));
            }
        }

        CheckKeywords(schema, [.. allowed], "a value of these types", isRoot);
        var mixed = new MixedValue(new EquatableArray<KindModel>(kinds));
        _mixed.Add((mixed, new TextSpan(schema.Span.Start, 1)));
        return mixed;
    }

    /// <summary>What is of several types is kept as JSON, which would print a secret in it.</summary>
    private void RefuseMixedSecrets()
    {
        foreach ((MixedValue value, TextSpan where) in _mixed)
        {
            if (HasSecret(value, []))
            {
                Report(Descriptors.KeywordWithoutEffect.Id, where, "x-secret", "what is inside of a value that may be of several types");
            }
        }
    }

    private bool HasSecret(ValueModel value, HashSet<string> visited) => value switch
    {
        StringValue text => text.IsSecret,
        ListValue list => HasSecret(list.Item, visited),
        MapValue map => HasSecret(map.Value, visited),
        MixedValue mixed => mixed.Kinds.Any(kind => HasSecret(kind.Value, visited)),
        ObjectValue { TypeName: var name } => visited.Add(name) && _types.Find(type => type.Name == name) switch
        {
            RecordModel record => record.Members.Any(member => HasSecret(member.Value, visited)),
            UnionModel union => union.Variants.Any(variant => HasSecret(new ObjectValue(variant.TypeName), visited)),
            _ => false,
        },
        _ => false,
    };
}
