using System.Globalization;

namespace AotBroker.Runtime;

/// <summary>Instants as services write them (RFC 3339, with its usual <c>T</c> and <c>Z</c>).</summary>
internal static class Rfc3339
{
    /// <summary>Takes <c>2026-01-01T00:00:00Z</c>, with or without a fraction, and offsets.</summary>
    /// <returns>Unix seconds, rounded down; null if the text is not an instant.</returns>
    public static long? Read(string? text)
    {
        const int Seconds = 19;
        if (text is null || text.Length is <= Seconds or > 40
            || !DateTime.TryParseExact(text.AsSpan(0, Seconds), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime local))
        {
            return null;
        }
        ReadOnlySpan<char> rest = text.AsSpan(Seconds);
        if (rest[0] == '.')
        {
            int end = rest[1..].IndexOfAnyExceptInRange('0', '9');
            if (end <= 0)
            {
                return null;
            }
            rest = rest[(end + 1)..];
        }
        long? offset = rest switch
        {
            "Z" => 0,
            ['+' or '-', >= '0' and <= '2', >= '0' and <= '9', ':', >= '0' and <= '5', >= '0' and <= '9'] =>
                (rest[0] == '-' ? -60 : 60) * ((((((rest[1] - '0') * 10) + rest[2] - '0') * 60) + ((rest[4] - '0') * 10)) + rest[5] - '0'),
            _ => null,
        };
        return new DateTimeOffset(local, TimeSpan.Zero).ToUnixTimeSeconds() - offset;
    }
}
