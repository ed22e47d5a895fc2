using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AotBroker.Http;

/// <summary>Reads other people's messages.</summary>
internal static class MessageReader
{
    /// <returns>Null if the body is not what is expected. The framework's own words are not shown: they could quote it.</returns>
    public static T? Read<T>(HttpAnswer answer, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body, type);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
