using System;
using System.Collections;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace SchemaGenNamespace;

/// <summary>An immutable list that is equal to another one when their items are. Built by a collection expression: <c>[a, b]</c>.</summary>
[CollectionBuilder(typeof(SchemaList), nameof(SchemaList.Create))]
public sealed class SchemaList<T> : IReadOnlyList<T>, IEquatable<SchemaList<T>>
{
    private readonly T[] _items;

    internal SchemaList(List<T> items) => _items = items.ToArray();

    internal SchemaList(ReadOnlySpan<T> items) => _items = items.ToArray();

    public int Count => _items.Length;

    public T this[int index] => _items[index];

    public ReadOnlySpan<T> AsSpan() => _items;

    public bool Equals(SchemaList<T>? other)
    {
        if (other is null || other._items.Length != _items.Length)
        {
            return false;
        }

        for (int i = 0; i < _items.Length; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(_items[i], other._items[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as SchemaList<T>);

    public override int GetHashCode()
    {
        HashCode hash = default;
        foreach (T item in _items)
        {
            hash.Add(item);
        }

        return hash.ToHashCode();
    }

    public override string ToString() => "[" + string.Join(", ", _items) + "]";

    public Enumerator GetEnumerator() => new(_items);

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <summary>Goes over the items without allocating.</summary>
    public struct Enumerator
    {
        private readonly T[] _items;
        private int _at;

        internal Enumerator(T[] items)
        {
            _items = items;
            _at = -1;
        }

        public readonly T Current => _items[_at];

        public bool MoveNext() => ++_at < _items.Length;
    }
}

/// <summary>Makes lists.</summary>
public static class SchemaList
{
    public static SchemaList<T> Create<T>(ReadOnlySpan<T> items) => new(items);

    /// <summary>The place of the first item that stands in the list before; -1 when all are different.</summary>
    internal static int FindRepeated<T>(List<T> items)
    {
        HashSet<T> seen = new();
        for (int i = 0; i < items.Count; i++)
        {
            if (!seen.Add(items[i]))
            {
                return i;
            }
        }

        return -1;
    }
}
