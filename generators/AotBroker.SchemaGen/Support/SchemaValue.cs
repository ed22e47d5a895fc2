using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace SchemaGenNamespace;

/// <summary>
/// A value of any kind, as compact JSON. Two are equal when JSON has them equal: numbers by their value, objects whatever the
/// order of their members.
/// </summary>
public sealed class SchemaValue : IEquatable<SchemaValue>
{
    private readonly byte[] _json;

    /// <param name="json">The value as UTF-8 JSON.</param>
    /// <exception cref="JsonException">That is not JSON.</exception>
    public SchemaValue(ReadOnlySpan<byte> json)
        : this(SchemaJson.Normalize(json))
    {
    }

    internal SchemaValue(byte[] normalized) => _json = normalized;

    /// <summary>The value as UTF-8 JSON, without white space.</summary>
    public ReadOnlySpan<byte> Json => _json;

    public bool Equals(SchemaValue? other) => other is not null && (Json.SequenceEqual(other.Json) || AreEqual(_json, other._json));

    public override bool Equals(object? obj) => Equals(obj as SchemaValue);

    public override int GetHashCode()
    {
        Utf8JsonReader json = new(_json, new JsonReaderOptions { MaxDepth = SchemaReader.MaxDepth });
        json.Read();
        return Hash(ref json);
    }

    public override string ToString() => Encoding.UTF8.GetString(_json);

    private static bool AreEqual(byte[] left, byte[] right)
    {
        using JsonDocument a = JsonDocument.Parse(left);
        using JsonDocument b = JsonDocument.Parse(right);
        return AreEqual(a.RootElement, b.RootElement);
    }

    /// <summary>The framework's comparison gives up on numbers with a huge exponent; this one is exact at any size.</summary>
    private static bool AreEqual(JsonElement a, JsonElement b)
    {
        if (a.ValueKind != b.ValueKind)
        {
            return false;
        }

        return a.ValueKind switch
        {
            JsonValueKind.Number => new SchemaNumber(a.GetRawText()) == new SchemaNumber(b.GetRawText()),
            JsonValueKind.String => a.ValueEquals(b.GetString()),
            JsonValueKind.Array => a.GetArrayLength() == b.GetArrayLength() && HaveEqualItems(a, b),
            JsonValueKind.Object => HaveEqualMembers(a, b),
            _ => true,
        };
    }

    private static bool HaveEqualItems(JsonElement a, JsonElement b)
    {
        JsonElement.ArrayEnumerator others = b.EnumerateArray();
        foreach (JsonElement item in a.EnumerateArray())
        {
            if (!others.MoveNext() || !AreEqual(item, others.Current))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HaveEqualMembers(JsonElement a, JsonElement b)
    {
        Dictionary<string, JsonElement> others = new(StringComparer.Ordinal);
        foreach (JsonProperty member in b.EnumerateObject())
        {
            others[member.Name] = member.Value;
        }

        int count = 0;
        foreach (JsonProperty member in a.EnumerateObject())
        {
            count++;
            if (!others.TryGetValue(member.Name, out JsonElement other) || !AreEqual(member.Value, other))
            {
                return false;
            }
        }

        return count == others.Count;
    }

    private static int Hash(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.StartObject:
                return HashObject(ref json);
            case JsonTokenType.StartArray:
                return HashArray(ref json);
            case JsonTokenType.Number:
                return new SchemaNumber(Encoding.UTF8.GetString(json.ValueSpan)).GetHashCode();
            case JsonTokenType.String:
                return json.GetString()!.GetHashCode(StringComparison.Ordinal);
            default:
                return (int)json.TokenType;
        }
    }

    private static int HashObject(ref Utf8JsonReader json)
    {
        // The order of members does not count, so neither may it here.
        int hash = 1;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            json.Read();
            hash += HashCode.Combine(name, Hash(ref json));
        }

        return hash;
    }

    private static int HashArray(ref Utf8JsonReader json)
    {
        HashCode hash = default;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            hash.Add(Hash(ref json));
        }

        return hash.ToHashCode();
    }
}
