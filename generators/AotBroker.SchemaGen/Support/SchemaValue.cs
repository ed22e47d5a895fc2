using System;
using System.Text;
using System.Text.Json;

namespace SchemaGenNamespace;

/// <summary>A value of any kind, as compact JSON. Two are equal when they are written alike, but for white space and escapes.</summary>
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

    public bool Equals(SchemaValue? other) => other is not null && Json.SequenceEqual(other.Json);

    public override bool Equals(object? obj) => Equals(obj as SchemaValue);

    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(_json);
        return hash.ToHashCode();
    }

    public override string ToString() => Encoding.UTF8.GetString(_json);
}
