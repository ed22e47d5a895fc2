using System;
using System.Collections;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace SchemaGenNamespace;

/// <summary>An immutable map that keeps its order, and is equal to another one when they map the same names to equal values.</summary>
public sealed class SchemaMap<T> : IReadOnlyDictionary<string, T>, IEquatable<SchemaMap<T>>
{
    private readonly KeyValuePair<string, T>[] _entries;
    private readonly Dictionary<string, T> _values = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">A name is there twice.</exception>
    public SchemaMap(IEnumerable<KeyValuePair<string, T>> entries)
    {
        _entries = new List<KeyValuePair<string, T>>(entries).ToArray();
        foreach (KeyValuePair<string, T> entry in _entries)
        {
            _values.Add(entry.Key, entry.Value);
        }
    }

    public int Count => _entries.Length;

    public IEnumerable<string> Keys
    {
        get
        {
            foreach (KeyValuePair<string, T> entry in _entries)
            {
                yield return entry.Key;
            }
        }
    }

    public IEnumerable<T> Values
    {
        get
        {
            foreach (KeyValuePair<string, T> entry in _entries)
            {
                yield return entry.Value;
            }
        }
    }

    public T this[string key] => _values[key];

    public bool ContainsKey(string key) => _values.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _values.TryGetValue(key, out value);

    public bool Equals(SchemaMap<T>? other)
    {
        if (other is null || other.Count != Count)
        {
            return false;
        }

        foreach (KeyValuePair<string, T> entry in _entries)
        {
            if (!other.TryGetValue(entry.Key, out T? value) || !EqualityComparer<T>.Default.Equals(entry.Value, value))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as SchemaMap<T>);

    public override int GetHashCode()
    {
        // The order does not count, so neither may it here.
        int hash = Count;
        foreach (KeyValuePair<string, T> entry in _entries)
        {
            hash ^= HashCode.Combine(entry.Key, entry.Value);
        }

        return hash;
    }

    /// <summary>The names only: nobody knows whether a value is a secret.</summary>
    public override string ToString() => "[" + string.Join(", ", Keys) + "]";

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, T>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Collects the entries of a map that is being read.</summary>
internal sealed class SchemaMapBuilder<T>
{
    private readonly List<KeyValuePair<string, T>> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    public bool IsNew(string name) => _names.Add(name);

    public void Add(string name, T value) => _entries.Add(new KeyValuePair<string, T>(name, value));

    public SchemaMap<T> ToMap() => new(_entries);
}
