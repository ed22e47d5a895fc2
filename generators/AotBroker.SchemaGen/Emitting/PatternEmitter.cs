using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using AotBroker.SchemaGen.Patterns;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>Emits a method that decides whether a text matches a pattern, as straight code.</summary>
internal sealed class PatternEmitter
{
    private readonly CodeWriter _code;
    private int _counters;

    private PatternEmitter(CodeWriter code) => _code = code;

    public static void Emit(CodeWriter code, string methodName, string pattern)
    {
        PatternNode node = PatternParser.TryParse(pattern, out _)!;
        code.Line($"/// <summary>Decides whether a text matches <c>{Literals.Xml(pattern)}</c>.</summary>");
        code.Open($"private static bool {methodName}(string text)");
        if (Prediction.TryGetPredictable(node, out bool isWhole) is { } parts)
        {
            new PatternEmitter(code).EmitWhole(parts, isWhole);
        }
        else
        {
            AutomatonEmitter.Emit(code, Dfa.TryBuild(node)!);
        }

        code.Close();
    }

    /// <summary>A C# pattern for the set, to stand after <c>is</c>.</summary>
    public static string Test(CharSet set) => string.Join(" or ", set.Ranges.Select(range =>
        range.First == range.Last ? Literals.CodePoint(range.First)
        : range.First + 1 == range.Last ? $"{Literals.CodePoint(range.First)} or {Literals.CodePoint(range.Last)}"
        : set.Ranges.Count == 1 ? $">= {Literals.CodePoint(range.First)} and <= {Literals.CodePoint(range.Last)}"
        : $"(>= {Literals.CodePoint(range.First)} and <= {Literals.CodePoint(range.Last)})"));

    private void EmitWhole(IReadOnlyList<PatternNode> parts, bool isWhole)
    {
        if (parts.Count == 0)
        {
            _code.Line(isWhole ? "return text.Length == 0;" : "return true;");
            return;
        }

        _code.Line("int at = 0;");
        EmitSequence(parts);
        _code.Line(isWhole ? "return at == text.Length;" : "return true;");
    }

    /// <param name="known">The set that the next character is known to be in.</param>
    private void EmitSequence(IReadOnlyList<PatternNode> parts, CharSet? known = null)
    {
        for (int i = 0; i < parts.Count; i++)
        {
            string literal = Literal(parts.Skip(i));
            if (literal.Length > 1)
            {
                EmitLiteral(literal);
                i += literal.Length - 1;
            }
            else
            {
                Emit(parts[i], i == 0 ? known : null);
            }
        }
    }

    /// <summary>The characters at the start of the parts that are fixed; only those that are one char each.</summary>
    private static string Literal(IEnumerable<PatternNode> parts)
    {
        var literal = new StringBuilder();
        foreach (PatternNode part in parts)
        {
            if (part is not SetNode { Set: { IsSingle: true, Ranges: var ranges } } || ranges[0].First is < ' ' or > '~')
            {
                break;
            }

            literal.Append((char)ranges[0].First);
        }

        return literal.ToString();
    }

    private void EmitLiteral(string literal)
    {
        _code.Block($"if (!SchemaText.HasAt(text, at, {Literals.String(literal)}))", () => _code.Line("return false;"));
        _code.Line().Line($"at += {literal.Length};");
    }

    private void Emit(PatternNode node, CharSet? known = null)
    {
        switch (node)
        {
            case SetNode { Set: var set } when known?.Equals(set) == true:
                _code.Line(Advance(set));
                break;
            case SetNode { Set: var set }:
                string test = set.IsSingle ? Test(set) : $"({Test(set)})";
                _code.Block($"if ({At(set)} is not {test})", () => _code.Line("return false;"));
                _code.Line().Line(Advance(set));
                break;
            case SequenceNode sequence:
                EmitSequence(sequence.Parts, known);
                break;
            case ChoiceNode choice:
                EmitChoice(choice);
                break;
            case RepeatNode { Least: 0, Most: 1 } optional:
                CharSet first = FirstOf(optional.Body);
                _code.Block($"if ({At(first)} is {Test(first)})", () => Emit(optional.Body, first));
                _code.Line();
                break;
            case RepeatNode repeat:
                EmitRepeat(repeat);
                break;
        }
    }

    private void EmitChoice(ChoiceNode choice)
    {
        PatternNode? empty = choice.Branches.FirstOrDefault(Prediction.IsNullable);
        string keyword = "if";
        foreach (PatternNode branch in choice.Branches.Where(branch => !ReferenceEquals(branch, empty)))
        {
            CharSet first = FirstOf(branch);
            _code.Block($"{keyword} ({At(first)} is {Test(first)})", () => Emit(branch, first));
            keyword = "else if";
        }

        _code.Open("else");
        if (empty is null)
        {
            _code.Line("return false;");
        }
        else
        {
            Emit(empty);
        }

        _code.Close().Line();
    }

    private void EmitRepeat(RepeatNode repeat)
    {
        if (repeat.Most == 0)
        {
            return;
        }

        bool isCounted = repeat.Least > 0 || repeat.Most is not null;
        string count = isCounted ? "count" + (_counters++ == 0 ? "" : _counters.ToString(CultureInfo.InvariantCulture)) : "";
        CharSet first = FirstOf(repeat.Body);
        string bound = repeat.Most is { } most ? $"{count} < {most} && " : "";
        if (isCounted)
        {
            _code.Line($"int {count} = 0;");
        }

        _code.Block($"while ({bound}{At(first)} is {Test(first)})", () =>
        {
            Emit(repeat.Body, first);
            if (isCounted)
            {
                _code.Line($"{count}++;");
            }
        });
        _code.Line();
        if (repeat.Least > 0)
        {
            _code.Block($"if ({count} < {repeat.Least})", () => _code.Line("return false;"));
            _code.Line();
        }
    }

    private static CharSet FirstOf(PatternNode node) => Prediction.First(node, new Prediction.Next(CharSet.None, false)).Set;

    private static string At(CharSet set) => set.IsWide ? "SchemaText.CodePointAt(text, at)" : "SchemaText.CharAt(text, at)";

    private static string Advance(CharSet set) => set.IsWide ? "at += SchemaText.WidthAt(text, at);" : "at++;";
}
