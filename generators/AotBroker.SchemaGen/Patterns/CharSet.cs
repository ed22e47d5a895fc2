using System;
using System.Collections.Generic;
using System.Linq;

namespace AotBroker.SchemaGen.Patterns;

/// <summary>A set of Unicode code points, as sorted ranges that neither touch nor overlap.</summary>
internal sealed class CharSet
{
    public const int Last = 0x10FFFF;

    public static readonly CharSet None = new([]);
    public static readonly CharSet Any = new([(0, Last)]);
    public static readonly CharSet Digits = Of(('0', '9'));
    public static readonly CharSet Word = Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary>White space and line ends as ECMA-262 has them (WhiteSpace, LineTerminator).</summary>
    public static readonly CharSet Space = Of(
        ('\t', '\r'), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
        (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF));

    /// <summary>What <c>.</c> stands for: all but the line ends.</summary>
    public static readonly CharSet NotLineEnd = Of(('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)).Negate();

    private readonly (int First, int Last)[] _ranges;

    private CharSet((int First, int Last)[] ranges) => _ranges = ranges;

    public IReadOnlyList<(int First, int Last)> Ranges => _ranges;

    public bool IsSingle => _ranges.Length == 1 && _ranges[0].First == _ranges[0].Last;

    public bool IsEmpty => _ranges.Length == 0;

    /// <summary>The set holds code points that a C# string stores as two chars, or the halves of such.</summary>
    public bool IsWide => _ranges.Any(range => range.Last > 0xFFFF || (range.Last >= 0xD800 && range.First <= 0xDFFF));

    public static CharSet Of(params (int First, int Last)[] ranges)
    {
        var merged = new List<(int First, int Last)>();
        foreach ((int first, int last) in ranges.OrderBy(range => range.First))
        {
            if (merged.Count > 0 && first <= merged[merged.Count - 1].Last + 1)
            {
                (int start, int end) = merged[merged.Count - 1];
                merged[merged.Count - 1] = (start, Math.Max(end, last));
            }
            else
            {
                merged.Add((first, last));
            }
        }

        return new CharSet([.. merged]);
    }

    public static CharSet Single(int codePoint) => Of((codePoint, codePoint));

    public CharSet Union(CharSet other) => Of([.. _ranges, .. other._ranges]);

    public CharSet Negate()
    {
        var others = new List<(int First, int Last)>();
        int next = 0;
        foreach ((int first, int last) in _ranges)
        {
            if (next < first)
            {
                others.Add((next, first - 1));
            }

            next = last + 1;
        }

        if (next <= Last)
        {
            others.Add((next, Last));
        }

        return new CharSet([.. others]);
    }

    public bool Equals(CharSet other) => _ranges.SequenceEqual(other._ranges);

    public bool Overlaps(CharSet other) =>
        _ranges.Any(range => other._ranges.Any(candidate => candidate.First <= range.Last && range.First <= candidate.Last));
}
