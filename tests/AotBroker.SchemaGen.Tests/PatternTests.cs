using System.Text;
using System.Text.RegularExpressions;
using AotBroker.SchemaGen.Emitting;
using AotBroker.SchemaGen.Patterns;

namespace AotBroker.SchemaGen.Tests;

/// <summary>The code that is emitted for a pattern accepts what a regular expression engine accepts.</summary>
public sealed class PatternTests
{
    private const int Seed = 20260131;
    private const string Alphabet = "abc1_- \nA.é";

    private static readonly string[] Patterns =
    [
        "", "^", "$", "^$", "a", "^a", "a$", "^a$", "abc", "^abc$", "a|b", "^a|b$", "^(a|b)$", "^(ab|ac)$", "(a|ab)(c|bcd)", "^a*$", "^a+$", "^a?$", "^a*?b$",
        "^(a|b)*$", "^(a*)*$", "^(a|a)*b$", "^a{2}$", "^a{2,}$", "^a{2,4}$", "^a{0}$", "a{0,1}b{0}", "^[abc]$", "^[^abc]$", "^[a-c1-9_-]+$", "^[-a]$", "^[a-]$",
        "^[\\]a]$", "^[\\^a]$", "^[a^]$", "[^]", ".", "^.$", "^.*$", "\\d", "^\\D+$", "\\w+", "^\\W$", "\\s", "^\\S*$", "^[\\d_]+$", "^[\\w-]+$", "^[^\\s]+$",
        "\\.", "^[\\-]$", "\\u0061", "\\x61", "^\\t|\\n$", "(?:ab)+", "^(?<name>a)b$", "^(a(b(c)?)?)?$", "^(|a|bb)$", "a(b|$)", "(^|b)a", "^(fdrl_[A-Za-z0-9_-]+)?$",
        "^(default|wrkspc_[A-Za-z0-9_-]+)$", "^[0-9a-f]{8}-[0-9a-f]{4}$", "^a.c$", "b*$", "^(?:a|ab)(?:c|bcd)(?:d*)$", "^(a{1,2}){2}$", "é", "^[à-ü]+$", "(a$|^b)c?",
    ];

    private static readonly Lazy<Func<int, string, bool>> Emitted = new(() => Compile(Patterns));

    public static TheoryData<int> Indices => new(Enumerable.Range(0, Patterns.Length));

    [Theory]
    [MemberData(nameof(Indices))]
    public void A_pattern_accepts_what_an_engine_accepts(int index)
    {
        Regex engine = Engine(Patterns[index]);
        foreach (string text in Texts(new Random(Seed), 3000))
        {
            Assert.True(engine.IsMatch(text) == Emitted.Value(index, text), $"pattern {Patterns[index]}, text {text}, seed {Seed}");
        }
    }

    [Fact]
    public void Random_patterns_accept_what_an_engine_accepts()
    {
        Random random = new(Seed);
        string[] patterns = [.. Enumerable.Range(0, 250).Select(_ => RandomPattern(random, 3)).Where(pattern => PatternParser.TryParse(pattern, out _) is not null)];
        Func<int, string, bool> emitted = Compile(patterns);
        Assert.True(patterns.Length > 200);
        for (int i = 0; i < patterns.Length; i++)
        {
            Regex engine = Engine(patterns[i]);
            Dfa? automaton = Dfa.TryBuild(PatternParser.TryParse(patterns[i], out _)!);
            foreach (string text in Texts(random, 200))
            {
                bool expected = engine.IsMatch(text);
                Assert.True(expected == emitted(i, text), $"pattern {patterns[i]}, text {text}, seed {Seed}");
                Assert.True(expected == (automaton?.Matches(text) ?? expected), $"automaton of {patterns[i]}, text {text}, seed {Seed}");
            }
        }
    }

    /// <summary>An engine of .NET counts chars; JSON Schema counts code points.</summary>
    [Theory]
    [InlineData("^.$", "😀", true)]
    [InlineData("^..$", "😀", false)]
    [InlineData("^[^a]$", "😀", true)]
    [InlineData("^😀{2}$", "😀😀", true)]
    [InlineData("^[😀-😂]$", "😁", true)]
    [InlineData("^[😀-😂]$", "😃", false)]
    [InlineData("^\\u{1F600}$", "😀", true)]
    [InlineData("^\\uD83D\\uDE00$", "😀", true)]
    [InlineData("^a[^b]c$", "a😀c", true)]
    [InlineData("\\W", "😀", true)]
    [InlineData("^\\w$", "é", false)]
    [InlineData("^\\d$", "৪", false)]
    [InlineData("^\\s$", "\uFEFF", true)]
    [InlineData("^\\cC$", "\u0003", true)]
    [InlineData("^a$", "a\n", false)]
    public void Patterns_see_code_points_and_ASCII_classes(string pattern, string text, bool expected) =>
        Assert.Equal(expected, Compile([pattern])(0, text));

    /// <summary>An engine that goes back needs longer than a lifetime for this.</summary>
    [Fact]
    public void No_text_makes_a_pattern_slow() =>
        Assert.False(Compile(["^(a+)+$", "^(a|a)*$"])(0, new string('a', 100_000) + "b"));

    [Fact]
    public void What_can_be_predicted_is_straight_code_without_states()
    {
        CodeWriter code = new();
        PatternEmitter.Emit(code, "Matches", "^(default|wrkspc_[A-Za-z0-9_-]+)$");
        Assert.DoesNotContain("state", code.ToString(), StringComparison.Ordinal);
    }

    private static Regex Engine(string pattern) => new(
        pattern.Replace("[^]", "[\\s\\S]", StringComparison.Ordinal).Replace("$", "(?!\\n)$", StringComparison.Ordinal),
        RegexOptions.ECMAScript | RegexOptions.CultureInvariant,
        TimeSpan.FromMinutes(5));

    private static IEnumerable<string> Texts(Random random, int count)
    {
        foreach (string text in new[] { "", "a", "b", "ab", "abc", "fdrl_a", "default", "wrkspc_1", "wrkspc_", "0123abcd-1234" })
        {
            yield return text;
        }

        for (int i = 0; i < count; i++)
        {
            yield return new string([.. Enumerable.Range(0, random.Next(7)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
        }
    }

    private static string RandomPattern(Random random, int depth)
    {
        StringBuilder pattern = new();
        for (int i = random.Next(4); i >= 0; i--)
        {
            pattern.Append(random.Next(depth > 0 ? 10 : 6) switch
            {
                0 => "[a-c]",
                1 => "[^ab]",
                2 => "\\w",
                3 => ".",
                < 6 => Alphabet[random.Next(4)].ToString(),
                6 => "^",
                7 => "$",
                8 => $"({RandomPattern(random, depth - 1)}|{RandomPattern(random, depth - 1)})",
                _ => $"(?:{RandomPattern(random, depth - 1)})",
            });
            if (pattern[^1] is not ('^' or '$'))
            {
                pattern.Append(random.Next(8) switch { 0 => "*", 1 => "+", 2 => "?", 3 => "{2}", 4 => "{1,3}", _ => "" });
            }
        }

        return pattern.ToString();
    }

    private static Func<int, string, bool> Compile(string[] patterns)
    {
        CodeWriter code = new();
        code.Line("using System; namespace Emitted;").Open("public static class Patterns");
        code.Line("public static bool IsMatch(int index, string text) => index switch {");
        code.Line(string.Concat(patterns.Select((_, i) => $"{i} => Matches{i}(text), ")) + "_ => throw new Exception() };");
        for (int i = 0; i < patterns.Length; i++)
        {
            PatternEmitter.Emit(code, "Matches" + i, patterns[i]);
        }

        code.Close();
        EmittedCode emitted = EmittedCode.Compile([new SchemaText("x.schema.json", """{ "type": "object" }""")], "#pragma warning disable CS1591\n" + code);
        return emitted.Function<Func<int, string, bool>>("Emitted.Patterns", "IsMatch");
    }
}
