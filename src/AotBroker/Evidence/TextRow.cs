using System.Text;
using AotBroker.Errors;

namespace AotBroker.Evidence;

/// <summary>One line of a report for people: a label, a value, and where it came from or what it means.</summary>
internal static class TextRow
{
    private const int LabelWidth = 18;

    public static void Append(StringBuilder text, string label, string value, string? note)
    {
        text.Append(label.PadRight(LabelWidth)).Append(Redaction.Printable(value));
        if (note is not null)
        {
            text.Append("  (").Append(Redaction.Printable(note)).Append(')');
        }
        text.Append('\n');
    }
}
