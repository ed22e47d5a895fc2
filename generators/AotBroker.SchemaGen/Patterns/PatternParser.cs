using System;
using System.Collections.Generic;
using System.Globalization;

namespace AotBroker.SchemaGen.Patterns;

/// <summary>Why a pattern cannot be compiled. Never leaves <see cref="PatternParser.TryParse"/>.</summary>
internal sealed class PatternSyntaxException(string message, int position, int length) : Exception(message)
{
    public int Position { get; } = position;

    public int Length { get; } = length;
}

/// <summary>Reads a regular expression; refuses what a finite automaton cannot do, and what would mean something else elsewhere.</summary>
internal sealed partial class PatternParser
{
    private const int MaxRepeat = 1000;
    private const int MaxDepth = 50;

    private readonly string _pattern;
    private int _at;
    private int _depth;

    private PatternParser(string pattern) => _pattern = pattern;

    public static PatternNode? TryParse(string pattern, out PatternSyntaxException? error)
    {
        var parser = new PatternParser(pattern);
        try
        {
            PatternNode node = parser.ReadChoice();
            if (parser._at < pattern.Length)
            {
                throw parser.Refuse("there is no group to close", 1);
            }

            if (Prediction.TryGetPredictable(node, out _) is null && Dfa.TryBuild(node) is null)
            {
                throw new PatternSyntaxException("it would become too large; anchor it with ^ and $, or repeat less", 0, pattern.Length);
            }

            error = null;
            return node;
        }
        catch (PatternSyntaxException exception)
        {
            error = exception;
            return null;
        }
    }

    private PatternNode ReadChoice()
    {
        var branches = new List<PatternNode> { ReadSequence() };
        while (Take('|'))
        {
            branches.Add(ReadSequence());
        }

        return branches.Count == 1 ? branches[0] : new ChoiceNode(branches);
    }

    private SequenceNode ReadSequence()
    {
        var parts = new List<PatternNode>();
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            PatternNode atom = ReadAtom();
            parts.Add(atom is AnchorNode ? atom : ReadRepeat(atom));
        }

        return new SequenceNode(parts);
    }

    private PatternNode ReadAtom()
    {
        switch (_pattern[_at])
        {
            case '^':
                _at++;
                return new AnchorNode(isStart: true);
            case '$':
                _at++;
                return new AnchorNode(isStart: false);
            case '.':
                _at++;
                return new SetNode(CharSet.NotLineEnd);
            case '(':
                return ReadGroup();
            case '[':
                return new SetNode(ReadClass());
            case '\\':
                return new SetNode(ReadEscape(inClass: false));
            case '*' or '+' or '?' or '{' or '}' or ']':
                throw Refuse("write a backslash before it to mean the character itself", 1);
            default:
                return new SetNode(CharSet.Single(ReadCodePoint()));
        }
    }

    private PatternNode ReadGroup()
    {
        int start = _at++;
        if (Take('?') && !Take(':'))
        {
            SkipGroupName(start);
        }

        if (++_depth > MaxDepth)
        {
            _at = start;
            throw Refuse($"groups may be nested {MaxDepth} times", 1);
        }

        PatternNode body = ReadChoice();
        _depth--;
        if (!Take(')'))
        {
            _at = start;
            throw Refuse("the group is not closed", 1);
        }

        return body;
    }

    private void SkipGroupName(int start)
    {
        int end = _pattern.IndexOf('>', _at);
        if (_at + 1 >= _pattern.Length || _pattern[_at] != '<' || _pattern[_at + 1] is '=' or '!' || end < 0)
        {
            _at = start;
            throw Refuse("look-ahead and look-behind are not supported; describe the whole text", 3);
        }

        _at = end + 1;
    }

    private PatternNode ReadRepeat(PatternNode body)
    {
        int start = _at;
        (int Least, int? Most)? bounds = Peek() switch
        {
            '*' => (0, null),
            '+' => (1, null),
            '?' => (0, 1),
            '{' => ReadBounds(),
            _ => null,
        };
        if (bounds is not { } found)
        {
            return body;
        }

        if (Peek() != '{' && _at == start)
        {
            _at++;
        }

        // A lazy repetition matches the same texts as a greedy one.
        Take('?');
        if (Peek() is '*' or '+' or '?' or '{')
        {
            throw Refuse("there is nothing to repeat; put the repetition before it in a group", 1);
        }

        return new RepeatNode(body, found.Least, found.Most);
    }

    private (int Least, int? Most)? ReadBounds()
    {
        int start = _at++;
        int least = ReadCount(start);
        int? most = least;
        if (Take(','))
        {
            most = Peek() == '}' ? null : ReadCount(start);
        }

        if (!Take('}') || least > most)
        {
            _at = start;
            throw Refuse("a repetition is {n}, {n,} or {n,m} with n no greater than m", 1);
        }

        return (least, most);
    }

    private int ReadCount(int start)
    {
        int from = _at;
        while (Peek() is >= '0' and <= '9')
        {
            _at++;
        }

        string digits = _pattern.Substring(from, _at - from);
        if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= MaxRepeat)
        {
            return count;
        }

        _at = start;
        throw Refuse($"a repetition is {{n}}, {{n,}} or {{n,m}} with numbers up to {MaxRepeat}", 1);
    }

    private int ReadCodePoint()
    {
        int width = char.IsSurrogatePair(_pattern, _at) ? 2 : 1;
        int codePoint = width == 2 ? char.ConvertToUtf32(_pattern, _at) : _pattern[_at];
        _at += width;
        return codePoint;
    }

    private char Peek() => _at < _pattern.Length ? _pattern[_at] : '\0';

    private bool Take(char expected)
    {
        bool taken = _at < _pattern.Length && _pattern[_at] == expected;
        if (taken)
        {
            _at++;
        }

        return taken;
    }

    private PatternSyntaxException Refuse(string message, int length) => new(message, Math.Min(_at, _pattern.Length), length);
}
