using System;

namespace SchemaGenNamespace;

/// <summary>The formats that a schema can ask for.</summary>
internal static partial class SchemaFormat
{
    /// <summary>A UUID (RFC 9562) of the form 8-4-4-4-12.</summary>
    public static bool IsUuid(string text)
    {
        if (text.Length != 36)
        {
            return false;
        }

        for (int i = 0; i < text.Length; i++)
        {
            bool isDash = i is 8 or 13 or 18 or 23;
            if (isDash ? text[i] != '-' : !char.IsAsciiHexDigit(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
