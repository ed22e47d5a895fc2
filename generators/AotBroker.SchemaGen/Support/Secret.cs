using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SchemaGenNamespace;

/// <summary>A text that does not print itself, and takes as long to compare with a wrong guess as with a right one.</summary>
[DebuggerDisplay("[secret]")]
public sealed class Secret : IEquatable<Secret>
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value;

    public Secret(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _value = value;
    }

    public static bool operator ==(Secret? left, Secret? right) => left is null ? right is null : left.Equals(right);

    public static bool operator !=(Secret? left, Secret? right) => !(left == right);

    /// <summary>The text itself. Whoever calls this answers for where it goes.</summary>
    public string Reveal() => _value;

    public bool Equals(Secret? other) => other is not null && CryptographicOperations.FixedTimeEquals(Bytes(_value), Bytes(other._value));

    public override bool Equals(object? obj) => Equals(obj as Secret);

    public override int GetHashCode() => _value.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => "[secret]";

    private static ReadOnlySpan<byte> Bytes(string text) => MemoryMarshal.AsBytes(text.AsSpan());
}
