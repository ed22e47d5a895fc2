using System.Collections.Generic;
using System.Linq;

namespace AotBroker.SchemaGen.Patterns;

/// <summary>
/// Tells whether every choice in a pattern can be made by looking at the next character alone. Then the code for it needs
/// neither a table nor a way back, and reads like the pattern.
/// </summary>
internal static class Prediction
{
    /// <summary>The characters that may come next, and whether the end of the text may.</summary>
    internal readonly record struct Next(CharSet Set, bool AtEnd)
    {
        public bool Overlaps(Next other) => Set.Overlaps(other.Set) || (AtEnd && other.AtEnd);

        public Next Union(Next other) => new(Set.Union(other.Set), AtEnd || other.AtEnd);
    }

    /// <summary>The pattern between its anchors; null where it is not anchored at the start, or not predictable.</summary>
    /// <param name="isWhole">The text has to end where the pattern does.</param>
    public static IReadOnlyList<PatternNode>? TryGetPredictable(PatternNode pattern, out bool isWhole)
    {
        isWhole = false;
        if (pattern is not SequenceNode { Parts: { Count: > 0 } parts } || parts[0] is not AnchorNode { IsStart: true })
        {
            return null;
        }

        isWhole = parts[parts.Count - 1] is AnchorNode { IsStart: false };
        PatternNode[] between = [.. parts.Skip(1).Take(parts.Count - (isWhole ? 2 : 1))];
        Next follow = new(isWhole ? CharSet.None : CharSet.Any, AtEnd: true);
        return IsPredictable(new SequenceNode(between), follow) ? between : null;
    }

    /// <summary>What the first character of a text can be that the node matches, were <paramref name="follow"/> to come after it.</summary>
    public static Next First(PatternNode node, Next follow)
    {
        switch (node)
        {
            case SetNode set:
                return new Next(set.Set, false);
            case SequenceNode sequence:
                return sequence.Parts.Reverse().Aggregate(follow, (next, part) => First(part, next));
            case ChoiceNode choice:
                return choice.Branches.Select(branch => First(branch, follow)).Aggregate((a, b) => a.Union(b));
            case RepeatNode { Most: 0 }:
                return follow;
            case RepeatNode repeat:
                Next first = First(repeat.Body, follow);
                return repeat.Least == 0 ? first.Union(follow) : first;
            default:
                return follow;
        }
    }

    public static bool IsNullable(PatternNode node) => node switch
    {
        SetNode => false,
        SequenceNode sequence => sequence.Parts.All(IsNullable),
        ChoiceNode choice => choice.Branches.Any(IsNullable),
        RepeatNode repeat => repeat.Least == 0 || IsNullable(repeat.Body),
        _ => true,
    };

    private static bool IsPredictable(PatternNode node, Next follow)
    {
        switch (node)
        {
            case SetNode:
                return true;
            case SequenceNode sequence:
                return IsSequencePredictable(sequence, follow);
            case ChoiceNode choice:
                return choice.Branches.All(branch => IsPredictable(branch, follow)) && AreDistinct(choice, follow);
            case RepeatNode repeat:
                Next first = First(repeat.Body, new Next(CharSet.None, false));
                return !IsNullable(repeat.Body)
                    && (repeat.Least == repeat.Most || !first.Overlaps(follow))
                    && IsPredictable(repeat.Body, repeat.Most == 1 ? follow : first.Union(follow));
            default:
                return false;
        }
    }

    private static bool IsSequencePredictable(SequenceNode sequence, Next follow)
    {
        for (int i = sequence.Parts.Count - 1; i >= 0; i--)
        {
            if (!IsPredictable(sequence.Parts[i], follow))
            {
                return false;
            }

            follow = First(sequence.Parts[i], follow);
        }

        return true;
    }

    private static bool AreDistinct(ChoiceNode choice, Next follow)
    {
        Next[] firsts = [.. choice.Branches.Select(branch => First(branch, follow))];
        return !firsts.Where((first, i) => firsts.Skip(i + 1).Any(first.Overlaps)).Any();
    }
}
