using System.Text.Json;
using AotBroker.Errors;

namespace AotBroker.Http;

/// <summary>
/// A service's answer that should be a JSON object, read member by member: a member that is not needed may be of any kind, and
/// an error can name a needed one that is not as it should be.
/// </summary>
internal sealed class JsonAnswer : IDisposable
{
    private const int MostNames = 8;
    private const int LongestShown = 60;

    private readonly JsonDocument? _document;

    public JsonAnswer(byte[] body)
    {
        try
        {
            _document = JsonDocument.Parse(body);
            Wrong = _document.RootElement.ValueKind == JsonValueKind.Object ? null : $"it is {KindOf(_document.RootElement)}, not a JSON object";
        }
        catch (JsonException)
        {
            // Its text is not shown, because it could quote the answer.
            Wrong = body.AsSpan().Trim(" \t\r\n"u8).IsEmpty ? "it is empty, not a JSON object" : "it is not JSON, or it is cut off";
        }
    }

    /// <summary>Why it is not a JSON object; null if it is one.</summary>
    public string? Wrong { get; }

    public void Dispose() => _document?.Dispose();

    /// <summary>The object; undefined if there is none.</summary>
    public JsonElement Root => Wrong is null ? _document!.RootElement : default;

    /// <summary>A member, of whatever kind.</summary>
    public JsonElement this[string name] => Member(Root, name);

    /// <summary>A member's text; null if it has none.</summary>
    public string? Text(string name) => TextOf(this[name]);

    /// <summary>Why a member is not the text that is needed: "it has no token", with what it has instead.</summary>
    public string Lack(string name)
    {
        JsonElement value = this[name];
        return value.ValueKind switch
        {
            JsonValueKind.Undefined => $"it has no {name}{Names()}",
            JsonValueKind.String when value.ValueEquals("") => $"its {name} is empty",
            JsonValueKind.String => $"its {name} is not valid text",
            _ => $"its {name} is {KindOf(value)}, not text",
        };
    }

    /// <summary>An object's member; undefined if there is none, or if the value is not an object.</summary>
    public static JsonElement Member(JsonElement element, string name)
    {
        try
        {
            return element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            return default; // Another member's name is not UTF-16.
        }
    }

    /// <summary>A value's text; null if it is not text.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // Text that is not valid UTF-16.
        }
    }

    /// <summary>A value for people, shortened, and without anything that could be a secret.</summary>
    public static string Shown(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Redaction.Shorten(Redaction.WithoutSecrets(value.GetRawText()), LongestShown),
        JsonValueKind.String when TextOf(value) is { } text => $"\"{Redaction.Shorten(Redaction.WithoutSecrets(text), LongestShown)}\"",
        JsonValueKind.String => "not valid text",
        _ => KindOf(value),
    };

    private static string KindOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private string Names()
    {
        List<string> names = [];
        foreach (JsonProperty member in _document!.RootElement.EnumerateObject())
        {
            if (names.Count == MostNames)
            {
                names.Add("…");
                break;
            }
            names.Add(NameOf(member));
        }
        return names.Count == 0 ? ": it is an empty object" : ", but " + string.Join(", ", names);
    }

    private static string NameOf(JsonProperty member)
    {
        try
        {
            return Redaction.Shorten(Redaction.WithoutSecrets(member.Name), LongestShown);
        }
        catch (InvalidOperationException)
        {
            return "[not valid text]";
        }
    }
}
