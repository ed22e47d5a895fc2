using System.Collections.Generic;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Parsing;

internal sealed partial class SchemaParser
{
    private readonly List<PendingUnion> _unions = [];

    /// <summary>A union whose variants may not have been parsed yet.</summary>
    private sealed record PendingUnion(UnionModel Union, IReadOnlyList<string> TypeNames, TextSpan Where);

    private ObjectValue? ParseUnion(JsonNode schema, string name, TextSpan nameSpan)
    {
        JsonNode alternatives = schema["oneOf"]!;
        if (alternatives.Kind != JsonKind.Array || alternatives.Items.Count == 0)
        {
            Report(Descriptors.WrongKeywordValue.Id, alternatives.Span, "oneOf", "an array of schemas");
            return null;
        }

        var union = new UnionModel(name, ParseDocumentation(schema, report: false), "", "", default);
        AddType(union, nameSpan, "The choice");
        var typeNames = new List<string>();
        foreach (JsonNode alternative in alternatives.Items)
        {
            Shape? shape = ParseShape(alternative, name + (typeNames.Count + 1), alternative.Span);
            if (shape is { Value: ObjectValue { TypeName: var typeName } })
            {
                typeNames.Add(typeName);
            }
            else if (shape is not null)
            {
                Report(Descriptors.UnclearUnion.Id, alternative.Span, "each must be an object with a required constant member");
            }
        }

        TextSpan keywordSpan = schema.Members.First(member => member.Name == "oneOf").NameSpan;
        _unions.Add(new PendingUnion(union, typeNames, keywordSpan));
        return new ObjectValue(name);
    }

    private void ResolveUnions()
    {
        if (_diagnostics.Count > 0)
        {
            return;
        }

        foreach (PendingUnion pending in _unions)
        {
            ResolveUnion(pending);
        }
    }

    private void ResolveUnion(PendingUnion pending)
    {
        var records = new List<RecordModel>();
        foreach (string typeName in pending.TypeNames)
        {
            if (_types.Find(type => type.Name == typeName) is not RecordModel { IsBare: false } record)
            {
                Report(Descriptors.UnclearUnion.Id, pending.Where, $"'{typeName}' is itself a choice, or no object; list objects here");
                return;
            }

            if (record.BaseName is not null)
            {
                Report(Descriptors.UnclearUnion.Id, pending.Where, $"'{typeName}' is listed twice, or is an alternative of '{record.BaseName}' too; give each choice schemas of its own");
                return;
            }

            records.Add(record);
        }

        MemberModel? discriminator = FindDiscriminator(records);
        if (discriminator is null)
        {
            Report(Descriptors.UnclearUnion.Id, pending.Where, "give each a required member of one name whose 'const' is a different string");
            return;
        }

        // The property overrides one of the union: its name must not be that of any of these types.
        string property = Naming.Pascal(discriminator.JsonName);
        if (property == pending.Union.Name || records.Any(record => record.Name == property))
        {
            property += "Value";
        }

        property = Naming.Property(property, "");
        IEnumerable<VariantModel> variants = records.Select(record => new VariantModel(record.Name, Constant(record, discriminator.JsonName)!));
        Replace(pending.Union.Name, pending.Union with
        {
            Discriminator = discriminator.JsonName,
            PropertyName = property,
            Variants = new EquatableArray<VariantModel>(variants),
        });
        foreach (RecordModel record in records)
        {
            IEnumerable<MemberModel> members = record.Members
                .Select(member => member.JsonName == discriminator.JsonName ? member with { PropertyName = property } : member);
            Replace(record.Name, record with
            {
                BaseName = pending.Union.Name,
                Discriminator = discriminator.JsonName,
                Members = new EquatableArray<MemberModel>(members),
            });
        }
    }

    private static MemberModel? FindDiscriminator(List<RecordModel> records) =>
        records[0].Members.FirstOrDefault(member =>
            records.All(record => Constant(record, member.JsonName) is not null)
            && records.Select(record => Constant(record, member.JsonName)).Distinct().Count() == records.Count);

    private static string? Constant(RecordModel record, string member) =>
        record.Members.FirstOrDefault(candidate => candidate.JsonName == member && candidate.IsRequired)?.Value is ConstStringValue constant
            ? constant.Text
            : null;

    private void Replace(string name, TypeModel type) => _types[_types.FindIndex(known => known.Name == name)] = type;
}
