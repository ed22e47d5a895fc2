using System;
using System.Collections;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace SchemaGenNamespace;

/// <summary>A member that the schema does not name.</summary>
public sealed class UnknownMember
{
    internal UnknownMember(string name, byte[] json, int position)
    {
        Name = name;
        Value = new SchemaValue(json);
        Position = position;
    }

    public string Name { get; }

    public SchemaValue Value { get; }

    /// <summary>The value as UTF-8 JSON, without white space.</summary>
    public ReadOnlySpan<byte> Json => Value.Json;

    /// <summary>How many members stand before it in its object.</summary>
    public int Position { get; }

    /// <summary>The name only: nobody knows whether the value is a secret.</summary>
    public override string ToString() => Name;
}

/// <summary>
/// The members of an object that its schema does not name, in their order. Two are equal when names and values are, whatever
/// the order.
/// </summary>
public readonly struct UnknownMembers : IReadOnlyList<UnknownMember>, IEquatable<UnknownMembers>
{
    private readonly UnknownMember[]? _members;

    internal UnknownMembers(UnknownMember[] members) => _members = members;

    public int Count => _members is null ? 0 : _members.Length;

    public UnknownMember this[int index] => _members is null ? throw new ArgumentOutOfRangeException(nameof(index)) : _members[index];

    public static bool operator ==(UnknownMembers left, UnknownMembers right) => left.Equals(right);

    public static bool operator !=(UnknownMembers left, UnknownMembers right) => !left.Equals(right);

    /// <summary>These members and one more, behind all others.</summary>
    /// <param name="name">A name that the schema does not have.</param>
    /// <param name="json">The value as UTF-8 JSON.</param>
    /// <exception cref="JsonException">The value is not JSON.</exception>
    public UnknownMembers Add(string name, ReadOnlySpan<byte> json)
    {
        UnknownMember[] members = new UnknownMember[Count + 1];
        _members?.CopyTo(members, 0);
        members[^1] = new UnknownMember(name, SchemaJson.Normalize(json), int.MaxValue);
        return new UnknownMembers(members);
    }

    public bool Equals(UnknownMembers other)
    {
        if (Count != other.Count)
        {
            return false;
        }

        return Count == 0 || HasAll(other);
    }

    public override bool Equals(object? obj) => obj is UnknownMembers other && Equals(other);

    public override int GetHashCode()
    {
        int hash = Count;
        for (int i = 0; i < Count; i++)
        {
            hash ^= this[i].Name.GetHashCode(StringComparison.Ordinal);
        }

        return hash;
    }

    /// <summary>The names only: nobody knows whether a value is a secret.</summary>
    public override string ToString()
    {
        StringBuilder text = new("[");
        for (int i = 0; i < Count; i++)
        {
            text.Append(i > 0 ? ", " : "").Append(this[i].Name);
        }

        return text.Append(']').ToString();
    }

    private bool HasAll(UnknownMembers other)
    {
        Dictionary<string, SchemaValue> values = new(StringComparer.Ordinal);
        foreach (UnknownMember member in other)
        {
            values[member.Name] = member.Value;
        }

        foreach (UnknownMember member in this)
        {
            if (!values.TryGetValue(member.Name, out SchemaValue? value) || !member.Value.Equals(value))
            {
                return false;
            }
        }

        return true;
    }

    public IEnumerator<UnknownMember> GetEnumerator() => ((IEnumerable<UnknownMember>)(_members ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Collects the unknown members of an object that is being read.</summary>
internal sealed class UnknownMembersBuilder
{
    private readonly List<UnknownMember> _members = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public int Count => _members.Count;

    public static UnknownMembers Build(UnknownMembersBuilder? builder) => builder is null ? default : new UnknownMembers(builder._members.ToArray());

    public bool IsNew(string name) => _names.Add(name);

    public void Add(UnknownMember member) => _members.Add(member);
}

/// <summary>Writes unknown members between the others.</summary>
internal ref struct UnknownMembersWriter
{
    private readonly UnknownMembers _members;
    private readonly Utf8JsonWriter _writer;
    private int _next;
    private int _written;

    public UnknownMembersWriter(UnknownMembers members, Utf8JsonWriter writer)
    {
        _members = members;
        _writer = writer;
    }

    /// <summary>Writes those that stand before the member that comes next.</summary>
    public void BeforeNext()
    {
        while (_next < _members.Count && _members[_next].Position <= _written)
        {
            WriteNext();
        }

        _written++;
    }

    /// <summary>Writes the rest.</summary>
    public void Finish()
    {
        while (_next < _members.Count)
        {
            WriteNext();
        }
    }

    private void WriteNext()
    {
        UnknownMember member = _members[_next++];
        _writer.WritePropertyName(member.Name);
        SchemaJson.Copy(member.Json, _writer);
        _written++;
    }
}
