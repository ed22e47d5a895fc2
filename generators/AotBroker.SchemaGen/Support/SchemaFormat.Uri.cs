using System;

namespace SchemaGenNamespace;

/// <summary>URIs (RFC 3986).</summary>
internal static partial class SchemaFormat
{
    /// <summary>A URI with its scheme, not a relative reference; ASCII only, everything else is percent-encoded.</summary>
    public static bool IsUri(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1 || !IsScheme(text.AsSpan(0, colon)))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan(colon + 1);
        int fragment = rest.IndexOf('#');
        if (fragment >= 0 && !Consists(rest[(fragment + 1)..], ":@/?"))
        {
            return false;
        }

        rest = fragment >= 0 ? rest[..fragment] : rest;
        int query = rest.IndexOf('?');
        if (query >= 0 && !Consists(rest[(query + 1)..], ":@/?"))
        {
            return false;
        }

        rest = query >= 0 ? rest[..query] : rest;
        if (!rest.StartsWith("//"))
        {
            return Consists(rest, ":@/");
        }

        int path = rest[2..].IndexOf('/');
        ReadOnlySpan<char> authority = path < 0 ? rest[2..] : rest.Slice(2, path);
        return IsAuthority(authority) && (path < 0 || Consists(rest[(path + 2)..], ":@/"));
    }

    private static bool IsScheme(ReadOnlySpan<char> scheme)
    {
        foreach (char c in scheme)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(scheme[0]);
    }

    private static bool IsAuthority(ReadOnlySpan<char> authority)
    {
        int at = authority.LastIndexOf('@');
        if (at >= 0 && !Consists(authority[..at], ":"))
        {
            return false;
        }

        ReadOnlySpan<char> host = authority[(at + 1)..];
        ReadOnlySpan<char> port = default;
        if (host.StartsWith("["))
        {
            int end = host.IndexOf(']');
            if (end < 0 || !IsIpLiteral(host[1..end]))
            {
                return false;
            }

            port = host[(end + 1)..];
            return port.IsEmpty || (port[0] == ':' && IsPort(port[1..]));
        }

        int colon = host.IndexOf(':');
        port = colon < 0 ? default : host[(colon + 1)..];
        return IsPort(port) && Consists(colon < 0 ? host : host[..colon], "");
    }

    private static bool IsPort(ReadOnlySpan<char> port) => port.IndexOfAnyExceptInRange('0', '9') < 0;

    private static bool IsIpLiteral(ReadOnlySpan<char> literal)
    {
        if (!literal.StartsWith("v") && !literal.StartsWith("V"))
        {
            return IsIpV6(literal);
        }

        int dot = literal.IndexOf('.');
        return dot > 1 && dot < literal.Length - 1 && AreHex(literal[1..dot]) && Consists(literal[(dot + 1)..], ":") && literal.IndexOf('%') < 0;
    }

    /// <summary>Eight groups of up to four hexadecimal digits; one gap of zeros may be left out, and an IPv4 address ends it in place of two groups.</summary>
    private static bool IsIpV6(ReadOnlySpan<char> address)
    {
        int gap = address.IndexOf("::");
        if (gap < 0)
        {
            return Groups(address, mayEndInV4: true) == 8;
        }

        int before = gap == 0 ? 0 : Groups(address[..gap], mayEndInV4: false);
        ReadOnlySpan<char> rest = address[(gap + 2)..];
        int after = rest.IsEmpty ? 0 : Groups(rest, mayEndInV4: true);
        return before >= 0 && after >= 0 && before + after <= 7;
    }

    /// <summary>The number of groups; -1 when something is no group.</summary>
    private static int Groups(ReadOnlySpan<char> text, bool mayEndInV4)
    {
        int count = 0;
        while (true)
        {
            int colon = text.IndexOf(':');
            ReadOnlySpan<char> group = colon < 0 ? text : text[..colon];
            if (colon < 0 && mayEndInV4 && IsIpV4(group))
            {
                return count + 2;
            }

            if (group.Length is 0 or > 4 || !AreHex(group))
            {
                return -1;
            }

            count++;
            if (colon < 0)
            {
                return count;
            }

            text = text[(colon + 1)..];
        }
    }

    private static bool IsIpV4(ReadOnlySpan<char> text)
    {
        for (int part = 0; part < 4; part++)
        {
            int dot = text.IndexOf('.');
            ReadOnlySpan<char> number = dot < 0 ? text : text[..dot];
            bool isLast = part == 3;
            if (isLast != (dot < 0) || number.Length is 0 or > 3 || !IsPort(number) || (number.Length > 1 && number[0] == '0') || number.Length == 3 && number.CompareTo("255", StringComparison.Ordinal) > 0)
            {
                return false;
            }

            text = isLast ? default : text[(dot + 1)..];
        }

        return true;
    }

    private static bool AreHex(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Unreserved characters, sub-delimiters, whole percent-encoded octets, and those that are allowed besides.</summary>
    private static bool Consists(ReadOnlySpan<char> text, string allowed)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '%')
            {
                if (i + 2 >= text.Length || !AreHex(text.Slice(i + 1, 2)))
                {
                    return false;
                }

                i += 2;
            }
            else if (!char.IsAsciiLetterOrDigit(c) && !"-._~!$&'()*+,;=".Contains(c) && !allowed.Contains(c))
            {
                return false;
            }
        }

        return true;
    }
}
