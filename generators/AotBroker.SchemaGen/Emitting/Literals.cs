using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace AotBroker.SchemaGen.Emitting;

/// <summary>C# and XML text for values.</summary>
internal static class Literals
{
    public static string String(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    /// <summary>The UTF-8 bytes of a text, as the compiler stores them: in the binary, with nothing to initialise.</summary>
    public static string Utf8(string value) => String(value) + "u8";

    public static string CodePoint(int codePoint) =>
        codePoint is >= ' ' and <= '~'
            ? SymbolDisplay.FormatLiteral((char)codePoint, quote: true)
            : "0x" + codePoint.ToString("X", CultureInfo.InvariantCulture);

    public static string Long(long value) => value == long.MinValue
        ? "long.MinValue"
        : value.ToString(CultureInfo.InvariantCulture) + "L";

    public static string Xml(string text)
    {
        var xml = new StringBuilder();
        foreach (char c in text)
        {
            _ = c switch
            {
                '<' => xml.Append("&lt;"),
                '>' => xml.Append("&gt;"),
                '&' => xml.Append("&amp;"),
                < ' ' or '\u0085' or '\u2028' or '\u2029' => xml.Append(' '),
                _ => xml.Append(c),
            };
        }

        return xml.ToString();
    }
}
