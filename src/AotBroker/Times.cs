using System.Globalization;

namespace AotBroker;

/// <summary>Instants and durations in words. Instants are Unix seconds.</summary>
internal static class Times
{
    /// <summary>RFC 3339, UTC, or the number of the second where it is no date of this calendar.</summary>
    public static string Utc(long unixSeconds) =>
        unixSeconds is >= 0 and <= 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(unixSeconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)
            : $"second {unixSeconds}";

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
