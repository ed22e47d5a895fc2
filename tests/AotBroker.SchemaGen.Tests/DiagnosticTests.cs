using System.Reflection;
using AotBroker.SchemaGen.Diagnostics;
using Microsoft.CodeAnalysis;

namespace AotBroker.SchemaGen.Tests;

/// <summary>Every diagnostic, by its id and by the text that it underlines.</summary>
public sealed class DiagnosticTests
{
    private static readonly (string Id, string Underlined, string Schema)[] Cases =
    [
        ("ABS001", "}", """{ "type": }"""),
        ("ABS001", "", """{ "type": "object" """),
        ("ABS001", "x", """{} x"""),
        ("ABS002", "\"allOf\"", Member("""{ "type": "string", "allOf": [] }""")),
        ("ABS002", "\"if\"", """{ "type": "object", "if": {} }"""),
        ("ABS002", "\"$defs\"", Member("""{ "type": "string", "$defs": {} }""")),
        ("ABS002", "\"additionalProperties\"", """{ "type": "object", "properties": { "a": { "type": "string" } }, "additionalProperties": { "type": "string" } }"""),
        ("ABS002", "\"prefixItems\"", Member("""{ "prefixItems": [] }""")),
        ("ABS003", "\"minLenght\"", Member("""{ "type": "string", "minLenght": 1 }""")),
        ("ABS003", "\"x-color\"", """{ "type": "object", "x-color": 1 }"""),
        ("ABS003", "\"nullable\"", Member("""{ "$ref": "#", "nullable": true }""")),
        ("ABS003", "\"tpye\"", Member("""{ "tpye": "string" }""")),
        ("ABS004", "\"1\"", Member("""{ "type": "string", "minLength": "1" }""")),
        ("ABS004", "-1", Member("""{ "type": "string", "maxLength": -1 }""")),
        ("ABS004", "1.5", Member("""{ "type": "array", "items": {}, "minItems": 1.5 }""")),
        ("ABS004", "\"str\"", Member("""{ "type": "str" }""")),
        ("ABS004", "\"int\"", Member("""{ "type": ["null", "int"] }""")),
        ("ABS004", "3", Member("""{ "type": 3 }""")),
        ("ABS004", "1", """{ "type": "object", "properties": { "a": 1 } }"""),
        ("ABS004", "[]", "[]"),
        ("ABS004", "5", """{ "type": "object", "properties": 5 }"""),
        ("ABS004", "6", """{ "type": "object", "additionalProperties": 6 }"""),
        ("ABS004", "true", """{ "type": "object", "required": true }"""),
        ("ABS004", "\"yes\"", Member("""{ "type": "array", "items": {}, "uniqueItems": "yes" }""")),
        ("ABS004", "1", Member("""{ "type": "string", "x-secret": 1 }""")),
        ("ABS004", "2", Member("""{ "type": "string", "description": 2 }""")),
        ("ABS004", "\"x\"", Member("""{ "type": "string", "examples": "x" }""")),
        ("ABS004", "0", Member("""{ "type": "integer", "multipleOf": 0 }""")),
        ("ABS004", "-2", Member("""{ "type": "number", "multipleOf": -2 }""")),
        ("ABS004", "1e40", Member("""{ "type": "integer", "exclusiveMinimum": 1e40 }""")),
        ("ABS004", "79228162514264337593543950335", Member("""{ "type": "integer", "exclusiveMinimum": 79228162514264337593543950335 }""")),
        ("ABS004", "[]", Member("""{ "enum": [] }""")),
        ("ABS004", "\"a\"", Member("""{ "enum": ["b", "a", "a"] }""")),
        ("ABS004", "1.0", Member("""{ "enum": [1, "a", 1.0] }""")),
        ("ABS004", "{ \"y\": 2, \"x\": 1 }", Member("""{ "enum": [{ "x": 1, "y": 2 }, { "y": 2, "x": 1 }] }""")),
        ("ABS004", "7", Member("""{ "enum": 7 }""")),
        ("ABS004", "{}", Member("""{ "oneOf": {} }""")),
        ("ABS004", "7", """{ "$defs": 7, "type": "object" }"""),
        ("ABS004", "8", """{ "$id": 8, "type": "object" }"""),
        ("ABS004", "9", Member("""{ "$ref": 9 }""")),
        ("ABS004", "[]", Member("""{ "type": [] }""")),
        ("ABS004", "[\"string\", \"string\"]", Member("""{ "type": ["string", "string"] }""")),
        ("ABS005", "\"string\"", Member("""{ "type": "string", "const": 1 }""")),
        ("ABS005", "[\"string\", \"integer\"]", Member("""{ "type": ["string", "integer"], "enum": ["a", 1, true] }""")),
        ("ABS005", "\"array\"", Member("""{ "type": "array", "oneOf": [{ "type": "object", "required": ["k"], "properties": { "k": { "const": "x" } } }] }""")),
        ("ABS006", "\"#/$defs/b\"", Member("""{ "$ref": "#/$defs/b" }""")),
        ("ABS006", "\"other.json\"", Member("""{ "$ref": "other.json" }""")),
        ("ABS006", "\"#/properties/a\"", Member("""{ "$ref": "#/properties/a" }""")),
        ("ABS007", "\"#\"", """{ "$ref": "#" }"""),
        ("ABS007", "\"#/$defs/a\"", """{ "type": "object", "$defs": { "a": { "$ref": "#/$defs/b" }, "b": { "type": "array", "items": { "$ref": "#/$defs/a" } } } }"""),
        ("ABS008", "\"minLength\"", Member("""{ "type": "integer", "minLength": 1 }""")),
        ("ABS008", "\"x-secret\"", Member("""{ "type": "boolean", "x-secret": true }""")),
        ("ABS008", "\"pattern\"", Member("""{ "const": "a", "pattern": "a" }""")),
        ("ABS008", "\"minLength\"", Member("""{ "$ref": "#", "minLength": 1 }""")),
        ("ABS008", "\"required\"", Member("""{ "type": "object", "additionalProperties": { "type": "string" }, "required": [] }""")),
        ("ABS008", "\"x-secret\"", Member("""{ "type": ["string", "integer"], "x-secret": true }""")),
        ("ABS008", "\"minLength\"", Member("""{ "type": ["array", "integer"], "minLength": 1 }""")),
        ("ABS008", "{", Member("""{ "items": { "type": "string", "x-secret": true } }""")),
        ("ABS008", "{", """{ "$ref": "#/$defs/a", "$defs": { "a": { "properties": { "b": { "$ref": "#/$defs/c" } } }, "c": { "type": "object", "additionalProperties": { "$ref": "#/$defs/d" } }, "d": { "type": "string", "x-secret": true } } }"""),
        ("ABS009", "\"oneOf\"", Member("""{ "oneOf": [{ "type": "object", "properties": {} }, { "type": "object", "properties": {} }] }""")),
        ("ABS009", "\"oneOf\"", Member("""{ "oneOf": [{ "type": "object", "required": ["t"], "properties": { "t": { "const": "a" } } }, { "type": "object", "required": ["t"], "properties": { "t": { "const": "a" } } }] }""")),
        ("ABS009", "{ \"type\": \"string\" }", Member("""{ "oneOf": [{ "type": "string" }] }""")),
        ("ABS009", "\"oneOf\"", """{ "oneOf": [{ "$ref": "#/$defs/a" }], "$defs": { "a": { "oneOf": [{ "$ref": "#/$defs/b" }] }, "b": { "type": "object", "required": ["t"], "properties": { "t": { "const": "a" } } } } }"""),
        ("ABS009", "\"oneOf\"", """{ "oneOf": [{ "$ref": "#/$defs/b" }, { "$ref": "#/$defs/b" }], "$defs": { "b": { "type": "object", "required": ["t"], "properties": { "t": { "const": "a" } } } } }"""),
        ("ABS010", "(?=", Member("""{ "type": "string", "pattern": "(?=a)" }""")),
        ("ABS010", "(", Member("""{ "type": "string", "pattern": "(a" }""")),
        ("ABS010", ")", Member("""{ "type": "string", "pattern": "a)" }""")),
        ("ABS010", "*", Member("""{ "type": "string", "pattern": "*" }""")),
        ("ABS010", "*", Member("""{ "type": "string", "pattern": "a**" }""")),
        ("ABS010", "z-a", Member("""{ "type": "string", "pattern": "[z-a]" }""")),
        ("ABS010", "[]", Member("""{ "type": "string", "pattern": "[]" }""")),
        ("ABS010", "[", Member("""{ "type": "string", "pattern": "[a" }""")),
        ("ABS010", "{", Member("""{ "type": "string", "pattern": "a{2,1}" }""")),
        ("ABS010", "{", Member("""{ "type": "string", "pattern": "a{1001}" }""")),
        ("ABS010", "\\\\p", Member("""{ "type": "string", "pattern": "\\p{L}" }""")),
        ("ABS010", "\\\\1", Member("""{ "type": "string", "pattern": "(a)\\1" }""")),
        ("ABS010", "\\\\b", Member("""{ "type": "string", "pattern": "\\bfoo" }""")),
        ("ABS010", "\\\\", Member("""{ "type": "string", "pattern": "\\" }""")),
        ("ABS010", "\\\\u", Member("""{ "type": "string", "pattern": "\\u{110000}" }""")),
        ("ABS010", "\\\\x", Member("""{ "type": "string", "pattern": "\\x4" }""")),
        ("ABS010", "a[ab]{20}c", Member("""{ "type": "string", "pattern": "a[ab]{20}c" }""")),
        ("ABS010", "((a{1000}){1000}){1000}", Member("""{ "type": "string", "pattern": "((a{1000}){1000}){1000}" }""")),
        ("ABS010", "b-a", Member("""{ "type": "string", "pattern": "\u0061\\t[b-a]" }""")),
        ("ABS010", "(", Member($$"""{ "type": "string", "pattern": "{{new string('(', 51)}}a{{new string(')', 51)}}" }""")),
        ("ABS006", "\"#/$defs/d100\"", $$"""{ "type": "object", "$defs": { {{string.Join(", ", Enumerable.Range(0, 110).Select(i => $"\"d{i}\": {{ \"$ref\": \"#/$defs/d{i + 1}\" }}"))}}, "d110": {} } }"""),
        ("ABS011", "\"email\"", Member("""{ "type": "string", "format": "email" }""")),
        ("ABS012", "\"AB\"", """{ "type": "object", "properties": { "aB": { "type": "string" }, "AB": { "type": "string" } } }"""),
        ("ABS012", "\"AB\"", Member("""{ "enum": ["aB", "AB"] }""")),
        ("ABS012", "\"TEST\"", """{ "type": "object", "$defs": { "TEST": { "type": "object" } } }"""),
        ("ABS012", "\"secret\"", """{ "type": "object", "$defs": { "secret": { "type": "object" } } }"""),
        ("ABS012", "\"reader\"", """{ "type": "object", "$defs": { "reader": { "type": "object" } } }"""),
        ("ABS012", "\"stateText\"", """{ "type": "object", "$defs": { "state": { "enum": ["a"] }, "stateText": { "type": "object" } } }"""),
        ("ABS014", "\"b\"", """{ "type": "object", "required": ["b"], "properties": { "a": { "type": "string" } } }"""),
        ("ABS015", "false", Member("false")),
        ("ABS015", "false", Member("""{ "type": "array", "items": false }""")),
        ("ABS015", "1", Member("""{ "type": "string", "minLength": 2, "maxLength": 1 }""")),
        ("ABS015", "1", Member("""{ "type": "array", "items": {}, "minItems": 2, "maxItems": 1 }""")),
        ("ABS015", "1", Member("""{ "type": "integer", "minimum": 2, "maximum": 1 }""")),
        ("ABS015", "2", Member("""{ "type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2 }""")),
        ("ABS015", "1e20", Member("""{ "type": "integer", "minimum": 1e20 }""")),
        ("ABS015", "1", Member("""{ "type": "number", "minimum": 1, "exclusiveMaximum": 1 }""")),
        ("ABS016", "1", Member("""{ "type": "string", "default": 1 }""")),
        ("ABS016", "\"b\"", Member("""{ "type": "string", "pattern": "^a$", "default": "b" }""")),
        ("ABS016", "\"\"", Member("""{ "type": "string", "minLength": 1, "default": "" }""")),
        ("ABS016", "0", Member("""{ "type": "integer", "minimum": 1, "default": 0 }""")),
        ("ABS016", "3", Member("""{ "type": "number", "exclusiveMaximum": 3, "default": 3 }""")),
        ("ABS016", "0.05", Member("""{ "type": "number", "multipleOf": 0.1, "default": 0.05 }""")),
        ("ABS016", "\"s\"", Member("""{ "type": "string", "x-secret": true, "default": "s" }""")),
        ("ABS016", "[]", Member("""{ "type": "array", "items": {}, "default": [] }""")),
        ("ABS016", "\"c\"", Member("""{ "enum": ["a", "b"], "default": "c" }""")),
        ("ABS016", "null", Member("""{ "type": "boolean", "default": null }""")),
        ("ABS016", "1", Member("""{ "type": ["string", "null"], "default": 1 }""")),
        ("ABS016", "\"abc\"", Member("""{ "type": "string", "maxLength": 2, "default": "abc" }""")),
        ("ABS016", "\"not one\"", Member("""{ "type": "string", "format": "uuid", "default": "not one" }""")),
        ("ABS016", "\"no-scheme\"", Member("""{ "type": "string", "format": "uri", "default": "no-scheme" }""")),
        ("ABS016", "\"2026-02-29T00:00:00Z\"", Member("""{ "type": "string", "format": "date-time", "default": "2026-02-29T00:00:00Z" }""")),
        ("ABS016", "9", Member("""{ "type": "integer", "maximum": 8, "default": 9 }""")),
        ("ABS016", "1.5", Member("""{ "type": "integer", "default": 1.5 }""")),
        ("ABS016", "7", Member("""{ "type": "integer", "multipleOf": 2, "default": 7 }""")),
        ("ABS016", "1e-29", Member("""{ "type": "number", "maximum": 0, "default": 1e-29 }""")),
        ("ABS016", "1e400", Member("""{ "type": "number", "maximum": 1e28, "default": 1e400 }""")),
        ("ABS016", "4", Member("""{ "enum": [1, 2], "default": 4 }""")),
        ("ABS016", "\"x\"", Member("""{ "const": "x", "default": "x" }""")),
        ("ABS016", "3", """{ "type": "object", "properties": { "a": { "$ref": "#/$defs/n", "default": 3 } }, "$defs": { "n": { "type": "integer", "maximum": 2 } } }"""),
        ("ABS016", "{}", """{ "type": "object", "properties": { "a": { "$ref": "#", "default": {} } } }"""),
        ("ABS016", "\"y\"", Member("""{ "type": "string", "maxLength": 3, "examples": ["x", "y"], "pattern": "^[^y]" }""")),
        ("ABS016", "8", Member("""{ "type": "array", "items": { "type": "integer", "maximum": 7 }, "examples": [[], [7, 8]] }""")),
        ("ABS016", "[1, 1.0]", Member("""{ "type": "array", "items": { "type": "number" }, "uniqueItems": true, "examples": [[1, 1.0]] }""")),
        ("ABS016", "[]", Member("""{ "type": "array", "items": {}, "minItems": 1, "examples": [[]] }""")),
        ("ABS016", "2", Member("""{ "type": "object", "additionalProperties": { "type": "string" }, "examples": [{ "k": 2 }] }""")),
        ("ABS016", "{ }", """{ "type": "object", "required": ["a"], "properties": { "a": {} }, "examples": [{ }] }"""),
        ("ABS016", "{ \"b\": 1 }", """{ "type": "object", "properties": { "a": {} }, "additionalProperties": false, "examples": [{ "b": 1 }] }"""),
        ("ABS016", "\"z\"", """{ "oneOf": [{ "$ref": "#/$defs/b" }], "examples": [{ "t": "a", "n": 1 }, { "t": "z" }], "$defs": { "b": { "type": "object", "required": ["t"], "properties": { "t": { "const": "a" } } } } }"""),
        ("ABS016", "\"n\"", """{ "oneOf": [{ "$ref": "#/$defs/b" }], "examples": [{ "t": "a", "n": "n" }], "$defs": { "b": { "type": "object", "required": ["t"], "properties": { "t": { "const": "a" }, "n": { "type": "integer" } } } } }"""),
        ("ABS016", "false", Member("""{ "enum": [1.5, true, [0]], "examples": [true, 1.50, [0.0], false] }""")),
        ("ABS016", "1", Member("""{ "type": "null", "examples": [null, 1] }""")),
        ("ABS016", "true", """{ "type": "object", "properties": { "a": { "$ref": "#/$defs/n", "examples": [null, 1, true] } }, "$defs": { "n": { "type": ["integer", "null"] } } }"""),
        ("ABS017", "\"type\"", """{ "title": "", "type": "object", "type": "object" }"""),
        ("ABS018", "\"http://json-schema.org/draft-07/schema#\"", """{ "$schema": "http://json-schema.org/draft-07/schema#", "type": "object" }"""),
    ];

    public static TheoryData<int> Indices => new(Enumerable.Range(0, Cases.Length));

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_mistake_is_reported_where_it_is(int index)
    {
        (string id, string underlined, string schema) = Cases[index];
        GeneratorRunResult run = GeneratorRun.Run(new SchemaText("/src/test.schema.json", schema));

        Diagnostic diagnostic = Assert.Single(run.Diagnostics);
        FileLinePositionSpan place = diagnostic.Location.GetLineSpan();
        Assert.Equal((id, underlined), (diagnostic.Id, schema.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length)));
        Assert.Equal("/src/test.schema.json", place.Path);
        Assert.Equal(DiagnosticSeverity.Error, diagnostic.Severity);
        Assert.DoesNotContain(run.GeneratedSources, source => source.HintName.StartsWith("Test", StringComparison.Ordinal));
    }

    [Fact]
    public void Lines_and_columns_are_those_of_the_schema_file()
    {
        Diagnostic diagnostic = Assert.Single(GeneratorRun.Run(new SchemaText("a.schema.json", "{\n  \"type\": \"object\",\n  \"typo\": 1\n}")).Diagnostics);
        Assert.Equal("a.schema.json(3,3): error ABS003: JSON Schema has no keyword 'typo'; did you mean 'type'?", diagnostic.ToString());
    }

    [Fact]
    public void One_type_of_two_files_is_reported_in_the_second()
    {
        SchemaText first = new("/a/one.schema.json", """{ "type": "object", "$defs": { "shared": { "type": "object" } } }""");
        SchemaText second = new("/a/two.schema.json", """{ "type": "object", "$defs": { "shared": { "type": "object" } } }""");
        SchemaText third = new("/b/one.schema.json", """{ "type": "object" }""");
        GeneratorRunResult run = GeneratorRun.Run(third, second, first);

        Assert.Equal(
            [("/a/two.schema.json", "\"shared\"", "ABS013"), ("/b/one.schema.json", "{", "ABS013")],
            run.Diagnostics
                .Select(d => (d.Location.GetLineSpan().Path, second.Text.Substring(d.Location.SourceSpan.Start, d.Location.SourceSpan.Length), d.Id))
                .OrderBy(item => item.Path, StringComparer.Ordinal));
        Assert.Equal(["One.Shared.g.cs", "One.g.cs"], Emitted(run));
    }

    [Theory]
    [InlineData("SchemaGenNamespace", "My.1st")]
    [InlineData("SchemaGenVisibility", "protected")]
    public void A_property_of_the_project_that_cannot_be_used_is_reported(string name, string value)
    {
        GeneratorRunResult run = GeneratorRun.Run([new SchemaText("a.schema.json", """{ "type": "object" }""")], new() { [name] = value });
        Diagnostic diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal(("ABS019", Location.None), (diagnostic.Id, diagnostic.Location));
        Assert.Contains(name, diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_diagnostic_is_tested_released_and_documented()
    {
        string[] ids = [.. Ids()];
        string[] tested = [.. Cases.Select(item => item.Id), "ABS013", "ABS019"];
        string released = File.ReadAllText(Path.Combine(Repository.Generator, "AnalyzerReleases.Unshipped.md"));
        string documented = File.ReadAllText(Path.Combine(Repository.Root, "docs", "schemagen.md"));

        Assert.Equal(ids, ids.Distinct());
        Assert.Empty(ids.Except(tested));
        Assert.All(ids, id => Assert.Contains($"{id} | AotBroker.SchemaGen | Error | {Descriptors.Get(id).Title}\n", released, StringComparison.Ordinal));
        Assert.Equal(ids.Select(id => $"### {id}: {Descriptors.Get(id).Title}"), documented.Split('\n').Where(line => line.StartsWith("### ABS", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_keyword_of_JSON_Schema_is_understood_or_refused()
    {
        string[] standard =
        [
            "$anchor", "$comment", "$defs", "$dynamicAnchor", "$dynamicRef", "$id", "$ref", "$schema", "$vocabulary", "additionalProperties", "allOf", "anyOf",
            "const", "contains", "contentEncoding", "contentMediaType", "contentSchema", "default", "dependentRequired", "dependentSchemas", "deprecated",
            "description", "else", "enum", "examples", "exclusiveMaximum", "exclusiveMinimum", "format", "if", "items", "maxContains", "maxItems", "maxLength",
            "maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern",
            "patternProperties", "prefixItems", "properties", "propertyNames", "readOnly", "required", "then", "title", "type", "unevaluatedItems",
            "unevaluatedProperties", "uniqueItems", "writeOnly",
        ];
        Assert.All(standard, keyword => Assert.True(Parsing.Keywords.IsSupported(keyword) ^ Parsing.Keywords.InsteadOf(keyword) is not null, keyword));
    }

    private static IEnumerable<string> Ids() => typeof(Descriptors)
        .GetFields(BindingFlags.Static | BindingFlags.Public)
        .Select(field => ((DiagnosticDescriptor)field.GetValue(null)!).Id);

    private static IEnumerable<string> Emitted(GeneratorRunResult run) => run.GeneratedSources
        .Select(source => source.HintName)
        .Where(name => !name.StartsWith("Support.", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static string Member(string schema) => $$"""{ "type": "object", "properties": { "a": {{schema}} } }""";
}
