using System.Text.Json;
using AotBroker.Errors;

namespace AotBroker.Clients;

/// <summary>A client's request as JSON, of which one or two strings matter.</summary>
internal static class RequestJson
{
    /// <summary>The text of a member, or of a member of a member.</summary>
    /// <param name="utf8">The request.</param>
    /// <param name="path">The member's name; before it, those of the objects that it is in.</param>
    /// <returns>Null if there is no such text.</returns>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: it is no JSON object.</exception>
    public static string? Text(ReadOnlySpan<byte> utf8, params ReadOnlySpan<string> path) => Find(utf8, path).Text;

    /// <summary>What begins the value of a member; <see cref="JsonTokenType.None"/> if there is no such member.</summary>
    /// <exception cref="BrokerException">As above.</exception>
    public static JsonTokenType Kind(ReadOnlySpan<byte> utf8, params ReadOnlySpan<string> path) => Find(utf8, path).Kind;

    private static (JsonTokenType Kind, string? Text) Find(ReadOnlySpan<byte> utf8, ReadOnlySpan<string> path)
    {
        try
        {
            Utf8JsonReader reader = new(utf8);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                throw Malformed();
            }
            (JsonTokenType, string?) found = Member(ref reader, path);
            return reader.Read() ? throw Malformed() : found;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Malformed();
        }
    }

    /// <summary>The texts in a member that is a list; none if there is no such member.</summary>
    /// <exception cref="BrokerException">As above.</exception>
    public static string[] Texts(ReadOnlySpan<byte> utf8, string name)
    {
        List<string> texts = [];
        try
        {
            Utf8JsonReader reader = new(utf8);
            bool isIt = false;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                {
                    isIt = reader.ValueTextEquals(name);
                }
                else if (reader.TokenType == JsonTokenType.String && reader.CurrentDepth == 2 && isIt)
                {
                    texts.Add(reader.GetString()!);
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Malformed();
        }
        return [.. texts];
    }

    private static (JsonTokenType Kind, string? Text) Member(ref Utf8JsonReader reader, scoped ReadOnlySpan<string> path)
    {
        (JsonTokenType, string?) found = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isIt = reader.ValueTextEquals(path[0]);
            reader.Read();
            if (isIt && path.Length > 1 && reader.TokenType == JsonTokenType.StartObject)
            {
                found = Member(ref reader, path[1..]);
                continue;
            }
            if (isIt && path.Length == 1)
            {
                found = (reader.TokenType, reader.TokenType == JsonTokenType.String ? reader.GetString() : null);
            }
            reader.Skip();
        }
        return found;
    }

    // What is wrong with it is not quoted: a request may hold a secret.
    private static BrokerException Malformed() => new(ErrorCode.Usage, "standard input is not a JSON object", "this verb is for the client, which writes its request to standard input");
}
