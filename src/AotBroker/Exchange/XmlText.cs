using System.Text;

namespace AotBroker.Exchange;

/// <summary>
/// AWS's answers are XML. What is wanted of them is the text of one element at a time, for which a whole reader of XML would be
/// half a megabyte of the binary.
/// </summary>
internal static class XmlText
{
    /// <summary>The text of the first element of that name which holds text alone; null where there is none.</summary>
    public static string? Element(ReadOnlySpan<byte> xml, string name)
    {
        string text = Encoding.UTF8.GetString(xml);
        string open = $"<{name}>";
        int start = text.IndexOf(open, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }
        start += open.Length;
        int end = text.IndexOf('<', start);
        return end >= 0 && text.AsSpan(end).StartsWith($"</{name}>", StringComparison.Ordinal)
            ? Decoded(text[start..end].Trim())
            : null;
    }

    private static string Decoded(string text) => text.Contains('&', StringComparison.Ordinal)
        ? text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&quot;", "\"", StringComparison.Ordinal)
            .Replace("&apos;", "'", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
        : text;
}
