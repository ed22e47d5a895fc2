using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace SchemaGenNamespace;

/// <summary>Finds the line, the column and the pointer of every problem, in one pass over the text.</summary>
internal ref struct ProblemPlaces
{
    private readonly ReadOnlySpan<byte> _utf8;
    private readonly SchemaProblem[] _problems;
    // The objects and arrays around the place: the name of an object's member, or null for an array; the index of an array's
    // item, or -1 before the first member or item.
    private readonly List<string?> _names = [];
    private readonly List<int> _indices = [];
    private bool _isAfterValue;
    private int _next;
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    private ProblemPlaces(ReadOnlySpan<byte> utf8, SchemaProblem[] problems)
    {
        _utf8 = utf8;
        _problems = problems;
    }

    public static SchemaProblem[] Find(ReadOnlySpan<byte> utf8, List<SchemaProblem> found)
    {
        SchemaProblem[] problems = Sorted(found);
        ProblemPlaces places = new(utf8, problems);
        places.FindPointers();
        foreach (SchemaProblem problem in problems)
        {
            places.MoveTo(problem.Offset);
            problem.Line = places._line;
            problem.Column = places._column;
        }

        return problems;
    }

    /// <summary>By place; of two at one place the first reported stays first.</summary>
    private static SchemaProblem[] Sorted(List<SchemaProblem> found)
    {
        SchemaProblem[] problems = found.ToArray();
        long[] keys = new long[problems.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = ((long)problems[i].Offset << 32) | (uint)i;
        }

        Array.Sort(keys, problems);
        return problems;
    }

    private void FindPointers()
    {
        Utf8JsonReader json = new(_utf8, new JsonReaderOptions { MaxDepth = SchemaReader.MaxDepth });
        try
        {
            while (_next < _problems.Length && json.Read())
            {
                Visit(json);
            }
        }
        catch (JsonException)
        {
            // What is left is at the place where the text stops being JSON, or behind it.
        }

        // After a whole value the place belongs to what that value stands in.
        if (_isAfterValue && _indices.Count > 0)
        {
            _indices[^1] = -1;
        }

        while (_next < _problems.Length)
        {
            _problems[_next++].Pointer = Pointer();
        }
    }

    private void Visit(Utf8JsonReader json)
    {
        bool isEnd = json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
        if (isEnd)
        {
            _names.RemoveAt(_names.Count - 1);
            _indices.RemoveAt(_indices.Count - 1);
        }
        else if (json.TokenType == JsonTokenType.PropertyName)
        {
            _names[^1] = Name(json);
            _indices[^1] = 0;
        }
        else if (_names.Count > 0 && _names[^1] is null)
        {
            _indices[^1]++;
        }

        while (!isEnd && _next < _problems.Length && _problems[_next].Offset <= json.TokenStartIndex)
        {
            _problems[_next++].Pointer = Pointer();
        }

        if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            _names.Add(json.TokenType == JsonTokenType.StartObject ? "" : null);
            _indices.Add(-1);
        }

        _isAfterValue = json.TokenType is not (JsonTokenType.PropertyName or JsonTokenType.StartObject or JsonTokenType.StartArray);
    }

    private static string Name(Utf8JsonReader json)
    {
        try
        {
            return json.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Encoding.UTF8.GetString(json.ValueSpan);
        }
    }

    private readonly string Pointer()
    {
        StringBuilder pointer = new();
        for (int i = 0; i < _names.Count; i++)
        {
            if (_indices[i] < 0)
            {
                continue;
            }

            pointer.Append('/');
            if (_names[i] is { } name)
            {
                pointer.Append(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            }
            else
            {
                pointer.Append(_indices[i]);
            }
        }

        return pointer.ToString();
    }

    private void MoveTo(int offset)
    {
        for (; _offset < offset && _offset < _utf8.Length; _offset++)
        {
            byte current = _utf8[_offset];
            bool isBreak = current == '\n' || (current == '\r' && (_offset + 1 == _utf8.Length || _utf8[_offset + 1] != '\n'));
            if (isBreak)
            {
                _line++;
                _column = 1;
            }
            else if ((current & 0xC0) != 0x80)
            {
                _column++;
            }
        }
    }
}
