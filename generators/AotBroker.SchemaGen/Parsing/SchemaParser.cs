using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using AotBroker.SchemaGen.Diagnostics;
using AotBroker.SchemaGen.Json;
using AotBroker.SchemaGen.Model;
using Microsoft.CodeAnalysis.Text;

namespace AotBroker.SchemaGen.Parsing;

/// <summary>
/// Turns one schema file into a model. Every keyword is either understood or refused with a diagnostic; there is no third way.
/// This part holds the file and its types; the others read values, objects and unions.
/// </summary>
internal sealed partial class SchemaParser
{
    private const string Dialect = "https://json-schema.org/draft/2020-12/schema";

    private readonly string _path;
    private readonly SourceText _text;
    private readonly List<DiagnosticInfo> _diagnostics = [];
    private readonly List<TypeModel> _types = [];
    private readonly List<NamedType> _names = [];
    private readonly Dictionary<string, Shape?> _definitions = new(StringComparer.Ordinal);
    private readonly List<(JsonNode Schema, Shape Shape)> _withExamples = [];
    private readonly HashSet<string> _open = new(StringComparer.Ordinal);
    private JsonNode _root = null!;
    private string _rootName = "";

    private SchemaParser(string path, SourceText text)
    {
        _path = path;
        _text = text;
    }

    public static ParsedSchema Parse(string path, SourceText text)
    {
        var parser = new SchemaParser(path, text);
        SchemaModel? model = parser.ParseFile();
        return new ParsedSchema(
            path,
            parser._diagnostics.Count == 0 ? model : null,
            new EquatableArray<DiagnosticInfo>(parser._diagnostics),
            new EquatableArray<NamedType>(parser._names));
    }

    private SchemaModel? ParseFile()
    {
        JsonNode? root = JsonParser.TryParse(_text.ToString(), out JsonSyntaxException? error);
        if (root is null)
        {
            Report(Descriptors.NotJson.Id, error!.Span, error.Message);
            return null;
        }

        string fileName = Path.GetFileName(_path);
        _root = root;
        _rootName = Naming.Root(fileName);
        ReportDuplicates(root);
        if (!IsObject(root, "the schema"))
        {
            return null;
        }

        CheckRoot(root);
        ParseRoot(root);
        foreach (JsonMember definition in root["$defs"]?.Members ?? [])
        {
            ParseDefinition(definition);
        }

        ResolveUnions();
        RefuseMixedSecrets();
        if (_diagnostics.Count == 0)
        {
            CheckExamples();
        }

        return new SchemaModel(fileName, _rootName, new EquatableArray<TypeModel>(_types));
    }

    private void CheckRoot(JsonNode root)
    {
        if (root["$schema"] is { } dialect && dialect.Text.TrimEnd('#') != Dialect)
        {
            Report(Descriptors.WrongDialect.Id, dialect.Span, dialect.Text);
        }

        if (root["$id"] is { Kind: not JsonKind.String } id)
        {
            Report(Descriptors.WrongKeywordValue.Id, id.Span, "$id", "a string");
        }

        if (root["$defs"] is { Kind: not JsonKind.Object } definitions)
        {
            Report(Descriptors.WrongKeywordValue.Id, definitions.Span, "$defs", "an object of schemas");
        }
    }

    private void ParseRoot(JsonNode root)
    {
        _open.Add("#");
        var where = new TextSpan(root.Span.Start, 1);
        bool isNullable = root["type"]?.Items is [_, _] types && IsObjectOrNull(types);
        Shape? shape = ParseShape(root, isNullable ? _rootName + "Value" : _rootName, where, isRoot: true);
        bool isOwnType = shape is { Value: ObjectValue { TypeName: var name }, IsNullable: false } && name == _rootName;
        if (shape is not null && !isOwnType)
        {
            var member = new MemberModel("", Naming.Property("value", _rootName), shape.Value, IsRequired: true, shape.IsNullable, shape.Default, NoDocumentation);
            AddType(new RecordModel(_rootName, shape.Documentation, new EquatableArray<MemberModel>([member]), IsClosed: true, IsBare: true), where, "The document");
        }

        _open.Remove("#");
    }

    /// <summary>Parses a schema of <c>$defs</c> once, whether it is referred to or not: a mistake in it is never passed over.</summary>
    private Shape? ParseDefinition(JsonMember definition)
    {
        string name = definition.Name;
        if (_definitions.TryGetValue(name, out Shape? known))
        {
            return known;
        }

        _open.Add(name);
        Shape? shape = ParseShape(definition.Value, Naming.Pascal(name), definition.NameSpan);
        _open.Remove(name);
        _definitions[name] = shape;
        return shape;
    }

    private void AddType(TypeModel type, TextSpan where, string what)
    {
        _types.Add(type);
        AddName(type.Name, where, what);
        if (type is EnumModel)
        {
            AddName(type.Name + "Text", where, what);
        }
    }

    /// <summary>Names that differ only in case are one name: each becomes a file.</summary>
    private void AddName(string name, TextSpan where, string what)
    {
        if (ReservedNames.Contains(name))
        {
            Report(Descriptors.NameCollision.Id, where, what, name, "a type that the emitted code uses");
        }
        else if (_names.Any(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            Report(Descriptors.NameCollision.Id, where, what, name, "another type of this file");
        }
        else
        {
            _names.Add(new NamedType(name, LocationInfo.Create(_path, _text, where)));
        }
    }

    private void ReportDuplicates(JsonNode node)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonMember member in node.Members)
        {
            if (!seen.Add(member.Name))
            {
                Report(Descriptors.DuplicateMember.Id, member.NameSpan, member.Name);
            }

            ReportDuplicates(member.Value);
        }

        foreach (JsonNode item in node.Items)
        {
            ReportDuplicates(item);
        }
    }

    private bool IsObject(JsonNode node, string what)
    {
        if (node.Kind == JsonKind.Object)
        {
            return true;
        }

        Report(Descriptors.WrongKeywordValue.Id, node.Span, what, "an object that describes a type");
        return false;
    }

    private void Report(string id, TextSpan span, params string[] arguments) =>
        _diagnostics.Add(new DiagnosticInfo(
            id, LocationInfo.Create(_path, _text, span), new EquatableArray<string>(arguments)));
}
