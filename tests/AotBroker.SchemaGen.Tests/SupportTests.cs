using System.Text;

namespace AotBroker.SchemaGen.Tests;

/// <summary>What people call in the emitted code, called as they do.</summary>
public sealed class SupportTests
{
    private const string Schema = """
        {
          "type": "object",
          "required": ["name", "key", "tags", "rate"],
          "properties": {
            "name": { "type": "string", "maxLength": 5 },
            "key": { "type": "string", "x-secret": true },
            "tags": { "type": "array", "items": { "type": "string" }, "maxItems": 2 },
            "rate": { "type": "number", "maximum": 10 },
            "mode": { "enum": ["slow", "fast"] },
            "map": { "type": "object", "additionalProperties": { "type": "integer" } },
            "any": {}
          }
        }
        """;

    private const string Calls = """
        #nullable enable
        #pragma warning disable CS1591
        using System;
        using System.Collections.Generic;
        using System.Text;
        using Emitted;

        namespace Calls
        {
            public static class Calls
            {
                private static Sample New() => new() { Name = "n", Key = new Secret("hunter2"), Tags = ["a", "b"], Rate = 1.5m };

                public static string Print() => New() with { Mode = SampleMode.Fast } + "|" + new Secret("hunter2") + "|" + New().Map;

                public static string Validate(string what) => (what switch
                {
                    "good" => New(),
                    "long name" => New() with { Name = "123456" },
                    "half a character" => New() with { Name = "\ud800" },
                    "no name" => New() with { Name = null! },
                    "no key" => New() with { Key = null! },
                    "no tags" => New() with { Tags = null! },
                    "many tags" => New() with { Tags = ["a", "b", "c"] },
                    "no tag" => New() with { Tags = [null!] },
                    "rate" => New() with { Rate = 10.5 },
                    "mode" => New() with { Mode = (SampleMode)7 },
                    "known as unknown" => New() with { UnknownMembers = default(UnknownMembers).Add("name", "1"u8) },
                    "unknown" => New() with { UnknownMembers = default(UnknownMembers).Add("x", "1"u8) },
                    "unknown twice" => New() with { UnknownMembers = default(UnknownMembers).Add("x", "1"u8).Add("x", "2"u8) },
                    _ => throw new ArgumentException(what),
                }).Validate().ToString();

                public static string Write() => Encoding.UTF8.GetString((New() with
                {
                    Map = new SchemaMap<long>([new("b", 1), new("a", 2)]),
                    Any = new SchemaValue(" { \"x\" : [ 1.0 ] } "u8),
                    UnknownMembers = default(UnknownMembers).Add("z", " [ ] "u8),
                }).ToUtf8Json(indented: true));

                public static bool Equal(string what) => what switch
                {
                    "records" => New() == New() && New().GetHashCode() == New().GetHashCode(),
                    "secrets" => new Secret("a") == new Secret("a") && new Secret("a") != new Secret("b") && new Secret("a") != new Secret("ab") && !new Secret("a").Equals(null),
                    "lists" => New().Tags.Equals(["a", "b"]) && !New().Tags.Equals(["b", "a"]) && !New().Tags.Equals(["a"]),
                    "maps" => Map("a", "b").Equals(Map("b", "a")) && Map("a", "b").GetHashCode() == Map("b", "a").GetHashCode() && !Map("a", "b").Equals(Map("a", "c")),
                    "numbers" => New() == New() with { Rate = new SchemaNumber(1.50m) } && new SchemaNumber(1).GetHashCode() == new SchemaNumber(1.0).GetHashCode() && default(SchemaNumber) == 0,
                    "values" => new SchemaValue("[1, 2]"u8).Equals(new SchemaValue("[1,2]"u8)) && new SchemaValue("1"u8).Equals(new SchemaValue("1.0"u8))
                        && new SchemaValue("{\"a\":[1,{}],\"b\":null}"u8).Equals(new SchemaValue("{\"b\":null,\"a\":[1.0,{}]}"u8))
                        && new SchemaValue("{\"a\":[1,{}],\"b\":null}"u8).GetHashCode() == new SchemaValue("{\"b\":null,\"a\":[1.0,{}]}"u8).GetHashCode()
                        && !new SchemaValue("[1,2]"u8).Equals(new SchemaValue("[2,1]"u8)) && !new SchemaValue("1"u8).Equals(new SchemaValue("true"u8)),
                    "unknown members" => default(UnknownMembers).Add("a", "1"u8) == default(UnknownMembers).Add("a", " 1"u8) && default(UnknownMembers).Add("a", "1"u8) != default
                        && default(UnknownMembers).Add("a", "1"u8).Add("b", "2"u8) == default(UnknownMembers).Add("b", "2.0"u8).Add("a", "1"u8),
                    _ => throw new ArgumentException(what),
                };

                public static string Numbers() => string.Join(" ", [
                    new SchemaNumber(double.Epsilon).ToDouble() == double.Epsilon,
                    new SchemaNumber(0.1).TryToDecimal(out decimal tenth) && tenth == 0.1m,
                    new SchemaNumber(1e300).TryToDecimal(out _),
                    new SchemaNumber(12e2).TryToInt64(out long twelve) && twelve == 1200,
                    new SchemaNumber(1.5).TryToInt64(out _),
                    new SchemaNumber(2) > 1.5m, new SchemaNumber(-2) < -1.5m, new SchemaNumber(-10) < -9, new SchemaNumber(10) > 9, new SchemaNumber(0) >= -0.0, new SchemaNumber(100) <= 1e2]);

                public static string Problems()
                {
                    bool isRead = Sample.TryRead("{}"u8, out Sample? value, out SchemaProblems problems);
                    int count = 0;
                    foreach (SchemaProblem problem in problems)
                    {
                        count += problem.IsError ? 1 : 0;
                    }

                    return $"{isRead} {value is null} {problems.Count} {count} {problems[0].Kind} {default(SchemaProblems).Count} {default(SchemaProblems).HasErrors}";
                }

                private static SchemaMap<long> Map(string first, string second) => new([new(first, first[0]), new(second, second[0])]);
            }
        }
        """;

    private static readonly Lazy<EmittedCode> Code = new(() => EmittedCode.Compile([new SchemaText("sample.schema.json", Schema)], Calls));

    [Fact]
    public void Nothing_prints_a_secret() => Assert.Equal(
        "Sample { Name = n, Key = [secret], Tags = [a, b], Rate = 1.5, Mode = Fast, Map = , Any = , UnknownMembers = [] }|[secret]|",
        Call<Func<string>>("Print")());

    [Theory]
    [InlineData("good", "")]
    [InlineData("long name", "/name: expected a string of at most 5 characters, found \"123456\"")]
    [InlineData("half a character", "expected text of whole characters, found half of one")]
    [InlineData("no name", "/name: expected a string of at most 5 characters, found null")]
    [InlineData("no key", "/key: expected a string, found null")]
    [InlineData("no tags", "/tags: expected an array of at most 2 items, found null")]
    [InlineData("many tags", "/tags: expected an array of at most 2 items, found 3 items")]
    [InlineData("no tag", "/tags/0: expected a string, found null")]
    [InlineData("rate", "/rate: expected a number of at most 10, found 10.5")]
    [InlineData("mode", "/mode: expected one of \"slow\", \"fast\", found null")]
    [InlineData("known as unknown", "/name: the member is given twice")]
    [InlineData("unknown", "/x: unknown member, expected one of name, key, tags, rate, mode, map, any")]
    [InlineData("unknown twice", "/x: unknown member, expected one of name, key, tags, rate, mode, map, any\n/x: the member is given twice")]
    public void A_value_that_was_built_in_code_is_validated(string what, string problems) => Assert.Equal(problems, Call<Func<string, string>>("Validate")(what));

    [Fact]
    public void Indented_text_has_two_spaces_and_line_feeds() => Assert.Equal(
        """
        {
          "name": "n",
          "key": "hunter2",
          "tags": [
            "a",
            "b"
          ],
          "rate": 1.5,
          "map": {
            "b": 1,
            "a": 2
          },
          "any": {
            "x": [
              1.0
            ]
          },
          "z": []
        }
        """.ReplaceLineEndings("\n"),
        Call<Func<string>>("Write")());

    [Theory]
    [InlineData("records")]
    [InlineData("secrets")]
    [InlineData("lists")]
    [InlineData("maps")]
    [InlineData("numbers")]
    [InlineData("values")]
    [InlineData("unknown members")]
    public void Equal_is_what_has_equal_content(string what) => Assert.True(Call<Func<string, bool>>("Equal")(what));

    [Fact]
    public void Numbers_convert_and_compare() =>
        Assert.Equal("True True False True False True True True True True True", Call<Func<string>>("Numbers")());

    [Fact]
    public void Problems_are_counted_and_enumerated() => Assert.Equal("False True 4 4 MissingMember 0 False", Call<Func<string>>("Problems")());

    /// <summary>Public models compile too, with their XML documentation.</summary>
    [Fact]
    public void The_models_can_be_public()
    {
        EmittedCode code = EmittedCode.Compile([new SchemaText("sample.schema.json", Schema)], visibility: "public");
        Assert.NotNull(code.Document("sample.schema.json").Read(Encoding.UTF8.GetBytes("""{"name":"","key":"","tags":[],"rate":0}""")).Value);
    }

    /// <summary>A good document costs what it holds, and nothing for problems that it does not have.</summary>
    [Fact]
    public void Reading_a_good_document_allocates_its_values_only()
    {
        IDocument document = Code.Value.Document("sample.schema.json");
        byte[] utf8 = Encoding.UTF8.GetBytes("""{"name":"n","key":"k","tags":[],"rate":0}""");
        for (int i = 0; i < 10; i++)
        {
            document.Read(utf8);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        document.Read(utf8);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 1000);
    }

    private static T Call<T>(string method)
        where T : Delegate =>
        Code.Value.Function<T>("Calls.Calls", method);
}
