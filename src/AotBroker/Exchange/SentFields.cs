using AotBroker.Errors;
using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>What a request has beside the identity token, for a person to compare: a profile holds no secrets.</summary>
internal static class SentFields
{
    private const int LongestValue = 100;

    /// <param name="fields">Those that the profile adds.</param>
    /// <param name="own">Those that the request has anyway; the ones without a value are left out.</param>
    /// <returns>One hint, or none where nothing is sent.</returns>
    public static List<string> Hint(SchemaMap<string>? fields, params ReadOnlySpan<(string Name, string? Value)> own)
    {
        List<string> sent = [];
        foreach ((string name, string? value) in own)
        {
            Add(sent, name, value);
        }
        foreach ((string name, string value) in ExtraFields.Of(fields))
        {
            Add(sent, name, value);
        }
        return sent.Count == 0 ? [] : ["sent with the token: " + string.Join(", ", sent)];
    }

    private static void Add(List<string> sent, string name, string? value)
    {
        if (value is not null)
        {
            sent.Add($"{Redaction.Shorten(name, LongestValue)} \"{Redaction.Shorten(value, LongestValue)}\"");
        }
    }
}
