namespace AotBroker.Runtime;

/// <summary>Instants and durations in words. Instants are Unix seconds.</summary>
internal static class Times
{
    /// <summary>The last instant of the year 9999, which is the last that RFC 3339 can write.</summary>
    public const long LastDate = 253402300799;

    /// <summary>RFC 3339, UTC; or the number of seconds if that is not a date of this calendar.</summary>
    public static string Utc(long unixSeconds)
    {
        if (unixSeconds is < 0 or > LastDate)
        {
            return Invariant($"second {unixSeconds}");
        }
        // By hand, because .NET's way loads a culture's calendar, which a hit would pay for.
        DateTime time = new(DateTime.UnixEpoch.Ticks + (unixSeconds * TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        Span<char> text = stackalloc char[] { '0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0', '0', ':', '0', '0', ':', '0', '0', 'Z' };
        Digits(text[..4], time.Year);
        Digits(text[5..7], time.Month);
        Digits(text[8..10], time.Day);
        Digits(text[11..13], time.Hour);
        Digits(text[14..16], time.Minute);
        Digits(text[17..19], time.Second);
        return text.ToString();
    }

    private static void Digits(Span<char> place, int number)
    {
        for (int i = place.Length - 1; i >= 0; i--, number /= 10)
        {
            place[i] = (char)('0' + (number % 10));
        }
    }

    /// <summary>"12 minutes ago".</summary>
    public static string Ago(long then, long now) => then > now ? "in " + Duration(then - now) : Duration(now - then) + " ago";

    /// <summary>The two largest units: "1 h 5 min", "42 s".</summary>
    public static string Duration(long seconds)
    {
        seconds = Math.Abs(seconds);
        return seconds switch
        {
            < 60 => Invariant($"{seconds} s"),
            < 3600 => Join(seconds / 60, "min", seconds % 60, "s"),
            < 86400 => Join(seconds / 3600, "h", seconds % 3600 / 60, "min"),
            _ => Join(seconds / 86400, "d", seconds % 86400 / 3600, "h"),
        };
    }

    private static string Join(long first, string firstUnit, long second, string secondUnit) => second == 0
        ? Invariant($"{first} {firstUnit}")
        : Invariant($"{first} {firstUnit} {second} {secondUnit}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
