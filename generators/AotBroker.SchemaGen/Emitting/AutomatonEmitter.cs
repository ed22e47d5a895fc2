using System.Globalization;
using System.Linq;
using AotBroker.SchemaGen.Patterns;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>Emits a pattern whose choices need more than the next character: one state for every way it may still go.</summary>
internal static class AutomatonEmitter
{
    public static void Emit(CodeWriter code, Dfa automaton)
    {
        if (automaton.Start < 0)
        {
            code.Line($"return {(automaton.Start == Dfa.Accepted ? "true" : "false")};");
            return;
        }

        code.Line("int state = 0;");
        code.Open($"for (int at = 0; at < text.Length; {(automaton.IsWide ? "at += SchemaText.WidthAt(text, at)" : "at++")})");
        code.Line($"int c = {(automaton.IsWide ? "SchemaText.CodePointAt(text, at)" : "text[at]")};");
        code.Open("state = state switch");
        for (int i = 0; i < automaton.States.Count; i++)
        {
            code.Line($"{(i == automaton.States.Count - 1 ? "_" : Name(i))} => {Moves(automaton.States[i])},");
        }

        code.Close(";");
        EmitExit(code, automaton, Dfa.Accepted, "true");
        EmitExit(code, automaton, Dfa.Dead, "false");
        code.Close().Line();
        int[] accepting = [.. Enumerable.Range(0, automaton.States.Count).Where(i => automaton.States[i].IsAccepting)];
        code.Line(accepting.Length == 0 ? "return false;" : $"return state is {string.Join(" or ", accepting)};");
    }

    private static void EmitExit(CodeWriter code, Dfa automaton, int state, string result)
    {
        if (automaton.States.Any(from => from.Moves.Any(move => move.To == state)))
        {
            code.Block($"if (state == {Name(state)})", () => code.Line($"return {result};"));
            code.Line();
        }
    }

    private static string Moves(Dfa.State state)
    {
        var targets = state.Moves
            .GroupBy(move => move.To)
            .OrderByDescending(group => group.Sum(move => (long)move.Last - move.First))
            .ToList();
        if (targets.Count == 1)
        {
            return Name(targets[0].Key);
        }

        string cases = string.Join(", ", targets.Skip(1).OrderBy(group => group.Min(move => move.First)).Select(group =>
            $"{PatternEmitter.Test(CharSet.Of([.. group.Select(move => (move.First, move.Last))]))} => {Name(group.Key)}"));
        return $"c switch {{ {cases}, _ => {Name(targets[0].Key)} }}";
    }

    private static string Name(int state) => state.ToString(CultureInfo.InvariantCulture);
}
