using System.Text;
using AotBroker.Errors;
using AotBroker.Reporting;

namespace AotBroker.Evidence;

/// <summary>One line of a report for people: a label, a value, and where it came from or what it means.</summary>
internal static class TextRow
{
    private const int LabelWidth = 18;
    private const int Narrowest = 40;
    private const char Escape = '\e';

    /// <param name="text">What it is added to.</param>
    /// <param name="label">What the value is.</param>
    /// <param name="value">May come from outside.</param>
    /// <param name="note">May come from outside; null for none.</param>
    /// <param name="mark">One of <see cref="Mark"/>'s, or nothing.</param>
    public static void Append(StringBuilder text, string label, string value, string? note, string mark = "")
    {
        text.Append(label.PadRight(LabelWidth)).Append(mark).Append(Redaction.Printable(value));
        if (note is not null)
        {
            text.Append("  (").Append(Redaction.Printable(note)).Append(')');
        }
        text.Append('\n');
    }

    /// <summary>A mark that is seen at a glance, if colours are shown.</summary>
    public static string Mark(bool isGood, bool inColour) => !inColour ? "" : isGood ? Colour.In("✓", Colour.Green) + " " : Colour.In("✗", Colour.Red) + " ";

    /// <summary>The report with no line wider than the terminal, as far as its words allow: no word is split, so that each can be copied.</summary>
    /// <param name="report">What <see cref="Append"/> made.</param>
    /// <param name="width">How many characters a line has; null for any number.</param>
    public static string Wrapped(string report, int? width)
    {
        if (width is not { } widest)
        {
            return report;
        }
        widest = Math.Max(widest, Narrowest);
        StringBuilder text = new();
        foreach (string line in report.Split('\n'))
        {
            int column = 0;
            for (int i = 0, end; i < line.Length; i = end)
            {
                int start = i;
                while (start < line.Length && line[start] == ' ')
                {
                    start++;
                }
                end = line.IndexOf(' ', start);
                end = end < 0 ? line.Length : end;
                int length = Length(line.AsSpan(start, end - start));
                bool goesOn = column <= LabelWidth || column + start - i + length <= widest;
                text.Append(goesOn ? "" : "\n").Append(' ', goesOn ? start - i : LabelWidth).Append(line, start, end - start);
                column = (goesOn ? column + start - i : LabelWidth) + length;
            }
            text.Append('\n');
        }
        text.Length--;
        return text.ToString();
    }

    /// <summary>How many characters are visible.</summary>
    private static int Length(ReadOnlySpan<char> word)
    {
        int length = 0;
        for (int i = 0; i < word.Length; i++)
        {
            if (word[i] == Escape)
            {
                i += word[i..].IndexOf('m');
                continue;
            }
            length++;
        }
        return length;
    }
}
