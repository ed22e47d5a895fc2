using System;

namespace SchemaGenNamespace;

/// <summary>Dates and times (RFC 3339, section 5.6).</summary>
internal static partial class SchemaFormat
{
    /// <summary>A date, a time and an offset, such as <c>2026-01-31T23:59:59.25+01:00</c>. A leap second stands where leap seconds do.</summary>
    public static bool IsDateTime(string text)
    {
        if (text.Length < 20 || text[10] is not ('T' or 't') || !IsDate(text) || text[13] != ':' || text[16] != ':')
        {
            return false;
        }

        int hour = Number(text, 11, 2);
        int minute = Number(text, 14, 2);
        int second = Number(text, 17, 2);
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 60)
        {
            return false;
        }

        int at = SkipFraction(text, 19);
        return at > 0 && TryReadOffset(text, at, out int offset) && (second < 60 || IsLeapMinute((hour * 60) + minute - offset));
    }

    private static bool IsDate(string text)
    {
        int year = Number(text, 0, 4);
        int month = Number(text, 5, 2);
        int day = Number(text, 8, 2);
        return year >= 0 && text[4] == '-' && text[7] == '-' && month is >= 1 and <= 12 && day >= 1 && day <= DaysIn(year, month);
    }

    private static int DaysIn(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>The place behind the fraction of a second, if there is one; 0 when it has no digits.</summary>
    private static int SkipFraction(string text, int at)
    {
        if (text[at] != '.')
        {
            return at;
        }

        int start = ++at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return at > start ? at : 0;
    }

    private static bool TryReadOffset(string text, int at, out int minutes)
    {
        minutes = 0;
        if (at == text.Length - 1)
        {
            return text[at] is 'Z' or 'z';
        }

        if (at != text.Length - 6 || text[at] is not ('+' or '-') || text[at + 3] != ':')
        {
            return false;
        }

        int hour = Number(text, at + 1, 2);
        int minute = Number(text, at + 4, 2);
        minutes = ((hour * 60) + minute) * (text[at] == '-' ? -1 : 1);
        return hour is >= 0 and <= 23 && minute is >= 0 and <= 59;
    }

    /// <summary>A leap second comes at the end of a day in UTC.</summary>
    private static bool IsLeapMinute(int minuteInUtc) => (minuteInUtc + (2 * 24 * 60)) % (24 * 60) == (24 * 60) - 1;

    private static int Number(string text, int at, int digits)
    {
        int number = 0;
        for (int i = at; i < at + digits; i++)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                return -1;
            }

            number = (number * 10) + (text[i] - '0');
        }

        return number;
    }
}
