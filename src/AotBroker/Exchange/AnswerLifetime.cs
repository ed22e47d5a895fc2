using System.Globalization;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>
/// For how long a credential is good, from whatever an answer says of it: RFC 6749's <c>expires_in</c>, else the end as an
/// instant, as others write it, else what the credential itself says where it is a JWT.
/// </summary>
internal readonly struct AnswerLifetime
{
    /// <summary>The default, in seconds, if neither the answer nor the profile says: long enough for the processes of a job that start together, and shorter than what any service is known to give.</summary>
    public const long Default = 300;

    /// <summary>From here on, a number is of milliseconds: as seconds it would be in the year 5138.</summary>
    private const double LeastMilliseconds = 1e11;

    /// <summary>Seconds; null where it is not said, or not in a way that is clear.</summary>
    public long? Seconds { get; private init; }

    /// <summary>What was said that is not clear: "its expires_in is "soon""; null where nothing was.</summary>
    public string? Unclear { get; private init; }

    /// <param name="answer">A token endpoint's answer.</param>
    /// <param name="token">The credential in it.</param>
    /// <param name="now">Unix seconds.</param>
    public static AnswerLifetime Of(JsonAnswer answer, string token, long now)
    {
        string? unclear = null;
        foreach (string name in (ReadOnlySpan<string>)["expires_in", "expires_at", "expires_on"])
        {
            JsonElement value = answer[name];
            if (Read(value, isInstant: name != "expires_in", now) is { } seconds)
            {
                return new() { Seconds = seconds };
            }
            unclear ??= IsUnsaid(value) ? null : $"its {name} is {JsonAnswer.Shown(value)}";
        }
        return new() { Seconds = OfJwt(token, now), Unclear = unclear };
    }

    /// <summary>Of an answer that has the end alone.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="name">The member that the end is in.</param>
    /// <param name="now">Unix seconds.</param>
    public static AnswerLifetime OfEnd(JsonAnswer answer, string name, long now)
    {
        JsonElement value = answer[name];
        return Read(value, isInstant: true, now) is { } seconds ? new() { Seconds = seconds }
            : new() { Unclear = IsUnsaid(value) ? null : $"its {name} is {JsonAnswer.Shown(value)}" };
    }

    /// <summary>Null, nothing, and 0: a service does not give what has expired, and some say 0 of what does not expire.</summary>
    private static bool IsUnsaid(JsonElement value) =>
        value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null || Number(value) == 0 || JsonAnswer.TextOf(value)?.AsSpan().IsWhiteSpace() == true;

    /// <summary>Seconds from now, of what is clear.</summary>
    private static long? Read(JsonElement value, bool isInstant, long now)
    {
        double? number = Number(value);
        double? seconds = number is null ? Rfc3339.Read(JsonAnswer.TextOf(value)?.Trim()) - now
            : isInstant ? (number >= LeastMilliseconds ? number / 1000 : number) - now
            : number;
        return seconds is >= 1 and <= CredentialFacts.LongestLifetime ? (long)seconds : null;
    }

    /// <summary>A number, a numeric text, or one with the unit that Go and Protocol Buffers write: "600s".</summary>
    private static double? Number(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetDouble(out double number) ? number : null;
        }
        ReadOnlySpan<char> text = JsonAnswer.TextOf(value).AsSpan().Trim();
        return double.TryParse(text is [.. var digits, 's'] ? digits : text, NumberStyles.Float, CultureInfo.InvariantCulture, out double parsed) ? parsed : null;
    }

    private static long? OfJwt(string token, long now)
    {
        try
        {
            return IdentityToken.Parse(token, "the answer").ExpiresAt is { } end && end > now ? Math.Min(end - now, CredentialFacts.LongestLifetime) : null;
        }
        catch (BrokerException)
        {
            return null; // Not a JWT.
        }
    }
}
