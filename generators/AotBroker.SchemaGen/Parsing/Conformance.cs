using System;
using System.Collections.Generic;
using System.Linq;
using AotBroker.SchemaGen.Emitting;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;
using AotBroker.SchemaGen.Patterns;
using SchemaGenNamespace;

namespace AotBroker.SchemaGen.Parsing;

/// <summary>What of a value is not as a schema says, and what is expected there.</summary>
internal sealed record Nonconformance(JsonNode Where, string Expected);

/// <summary>Decides whether a value in a schema file satisfies a schema of the same file, as the emitted code would.</summary>
/// <param name="types">The types of the file, once all are known.</param>
internal sealed class Conformance(IReadOnlyList<TypeModel> types)
{
    /// <returns>The first thing that is wrong; null when nothing is.</returns>
    public Nonconformance? Check(ValueModel value, bool isNullable, JsonNode node) => value switch
    {
        _ when isNullable && node.Kind == JsonKind.Null => null,
        AnyValue => null,
        ObjectValue record => CheckObject(record, node),
        ListValue list => CheckList(list, node),
        MixedValue mixed when mixed.Kinds.FirstOrDefault(kind => kind.Type == TypeOf(node)) is { } kind => Check(kind.Value, false, node),
        MapValue map when node.Kind == JsonKind.Object => First(node.Members, member => Check(map.Value, map.IsValueNullable, member.Value)),
        _ => IsAccepted(value, node) ? null : new Nonconformance(node, Expectation.Of(value)),
    };

    private static bool IsAccepted(ValueModel value, JsonNode node) => value switch
    {
        StringValue text => node.Kind == JsonKind.String && Accepts(text, node.Text),
        IntegerValue integer => SchemaParser.TryGetInteger(node, out long number) && Accepts(integer, number),
        IntegerChoiceValue choice => SchemaParser.TryGetInteger(node, out long number) && choice.Numbers.Contains(number),
        NumberValue number => node.Kind == JsonKind.Number && Accepts(number, new ExactNumber(node.Text)),
        BooleanValue => node.Kind is JsonKind.True or JsonKind.False,
        ConstStringValue constant => node.Kind == JsonKind.String && node.Text == constant.Text,
        ConstIntegerValue constant => SchemaParser.TryGetInteger(node, out long number) && number == constant.Number,
        ConstBooleanValue constant => node.Kind == (constant.Truth ? JsonKind.True : JsonKind.False),
        ConstJsonValue constant => IsEqual(constant.Json, node),
        JsonChoiceValue choice => choice.Jsons.Any(json => IsEqual(json, node)),
        EnumValue choice => node.Kind == JsonKind.String && choice.Values.Contains(node.Text),
        _ => false,
    };

    private static bool Accepts(StringValue text, string value)
    {
        int length = Enumerable.Range(0, value.Length).Count(i => i == 0 || !char.IsSurrogatePair(value, i - 1));
        return length >= text.MinLength
            && (text.MaxLength is null || length <= text.MaxLength)
            && (text.Pattern is null || Dfa.TryBuild(PatternParser.TryParse(text.Pattern, out _)!)?.Matches(value) != false)
            && text.Format switch
            {
                "uuid" => SchemaFormat.IsUuid(value),
                "uri" => SchemaFormat.IsUri(value),
                "date-time" => SchemaFormat.IsDateTime(value),
                _ => true,
            };
    }

    private static bool Accepts(IntegerValue integer, long value) =>
        (integer.Minimum is null || value >= integer.Minimum)
        && (integer.Maximum is null || value <= integer.Maximum)
        && (integer.MultipleOf is null || value % integer.MultipleOf == 0);

    private static bool Accepts(NumberValue number, ExactNumber value)
    {
        int least = number.Minimum is null ? 1 : value.CompareTo(new ExactNumber(number.Minimum.Text));
        int most = number.Maximum is null ? -1 : value.CompareTo(new ExactNumber(number.Maximum.Text));
        return (least > 0 || (least == 0 && number.Minimum?.IsExclusive != true))
            && (most < 0 || (most == 0 && number.Maximum?.IsExclusive != true))
            && (number.MultipleOf is null || value.IsMultipleOf(new ExactNumber(number.MultipleOf.Text)));
    }

    private Nonconformance? CheckObject(ObjectValue value, JsonNode node)
    {
        TypeModel? type = types.FirstOrDefault(type => type.Name == value.TypeName);
        if (type is RecordModel { IsBare: true, Members: var whole })
        {
            return Check(whole[0].Value, whole[0].IsNullable, node);
        }

        if (type is UnionModel union && node.Kind == JsonKind.Object)
        {
            VariantModel? variant = union.Variants.FirstOrDefault(variant =>
                node[union.Discriminator] is { Kind: JsonKind.String } discriminator && discriminator.Text == variant.Value);
            return variant is null
                ? new Nonconformance(node[union.Discriminator] ?? node, $"an object whose \"{union.Discriminator}\" is {Expectation.OneOf([.. union.Variants.Select(known => known.Value)])}")
                : CheckObject(new ObjectValue(variant.TypeName), node);
        }

        if (type is not RecordModel record || node.Kind != JsonKind.Object)
        {
            return new Nonconformance(node, Expectation.Of(value));
        }

        return record.Members.FirstOrDefault(member => member.IsRequired && node[member.JsonName] is null) is { } missing
            ? new Nonconformance(node, $"an object with the member \"{missing.JsonName}\"")
            : First(node.Members, given => record.Members.FirstOrDefault(member => member.JsonName == given.Name) is { } member
                ? Check(member.Value, member.IsNullable, given.Value)
                : record.IsClosed ? new Nonconformance(node, $"an object without the member \"{given.Name}\"") : null);
    }

    private Nonconformance? CheckList(ListValue list, JsonNode node)
    {
        bool isOfCount = node.Kind == JsonKind.Array && node.Items.Count >= list.MinItems && !(node.Items.Count > list.MaxItems);
        bool isRepeated = list.IsUnique && node.Items.Where((item, i) => node.Items.Take(i).Any(before => JsonNode.AreEqual(item, before))).Any();
        return isOfCount && !isRepeated
            ? First(node.Items, item => Check(list.Item, list.IsItemNullable, item))
            : new Nonconformance(node, Expectation.Of(list));
    }

    private static string TypeOf(JsonNode node) => node.Kind switch
    {
        JsonKind.String => "string",
        JsonKind.Number => "number",
        JsonKind.Array => "array",
        JsonKind.Object => "object",
        JsonKind.Null => "null",
        _ => "boolean",
    };

    private static bool IsEqual(string json, JsonNode node) => JsonNode.AreEqual(JsonParser.TryParse(json, out _)!, node);

    private static Nonconformance? First<T>(IEnumerable<T> items, Func<T, Nonconformance?> check) =>
        items.Select(check).FirstOrDefault(found => found is not null);
}
