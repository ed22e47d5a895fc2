using System.Text.Json;

namespace AotBroker.Http;

/// <summary>A body that is a JSON object of texts.</summary>
internal static class JsonBody
{
    /// <param name="members">In the order in which they are sent; those without a value are left out.</param>
    public static byte[] Of(params ReadOnlySpan<(string Name, string? Value)> members)
    {
        Dictionary<string, string> present = new(StringComparer.Ordinal);
        foreach ((string name, string? value) in members)
        {
            if (value is not null)
            {
                present.Add(name, value);
            }
        }
        return JsonSerializer.SerializeToUtf8Bytes(present, MessagesJsonContext.Default.DictionaryStringString);
    }
}
