using System.Globalization;

namespace AotBroker.SchemaGen.Patterns;

/// <summary>Reads classes of characters, and escapes.</summary>
internal sealed partial class PatternParser
{
    private CharSet ReadClass()
    {
        int start = _at++;
        bool isNegated = Take('^');
        CharSet set = CharSet.None;
        while (Peek() != ']')
        {
            if (_at >= _pattern.Length)
            {
                _at = start;
                throw Refuse("the class is not closed", 1);
            }

            set = set.Union(ReadClassRange());
        }

        _at++;
        set = isNegated ? set.Negate() : set;
        if (set.IsEmpty)
        {
            int length = _at - start;
            _at = start;
            throw Refuse("the class holds no character, so nothing matches", length);
        }

        return set;
    }

    private CharSet ReadClassRange()
    {
        int start = _at;
        CharSet first = ReadClassAtom();
        if (Peek() != '-' || _at + 1 >= _pattern.Length || _pattern[_at + 1] == ']')
        {
            return first;
        }

        _at++;
        CharSet last = ReadClassAtom();
        if (first.IsSingle && last.IsSingle && first.Ranges[0].First <= last.Ranges[0].First)
        {
            return CharSet.Of((first.Ranges[0].First, last.Ranges[0].First));
        }

        int length = _at - start;
        _at = start;
        throw Refuse("a range goes from one character up to another", length);
    }

    private CharSet ReadClassAtom() => Peek() == '\\' ? ReadEscape(inClass: true) : CharSet.Single(ReadCodePoint());

    private CharSet ReadEscape(bool inClass)
    {
        int start = _at++;
        char escaped = Peek();
        _at++;
        switch (escaped)
        {
            case 'd': return CharSet.Digits;
            case 'D': return CharSet.Digits.Negate();
            case 'w': return CharSet.Word;
            case 'W': return CharSet.Word.Negate();
            case 's': return CharSet.Space;
            case 'S': return CharSet.Space.Negate();
            case 't': return CharSet.Single('\t');
            case 'n': return CharSet.Single('\n');
            case 'v': return CharSet.Single('\v');
            case 'f': return CharSet.Single('\f');
            case 'r': return CharSet.Single('\r');
            case '0' when Peek() is < '0' or > '9': return CharSet.Single(0);
            case 'b' when inClass: return CharSet.Single('\b');
            case '-' when inClass: return CharSet.Single('-');
            case 'x': return CharSet.Single(ReadHex(2, start));
            case 'u': return CharSet.Single(ReadUnicodeEscape(start));
            case 'c' when Peek() is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'): return CharSet.Single(_pattern[_at++] % 32);
            case '^' or '$' or '\\' or '.' or '*' or '+' or '?' or '(' or ')' or '[' or ']' or '{' or '}' or '|' or '/':
                return CharSet.Single(escaped);
            default:
                _at = start;
                throw Refuse("the escape is not supported; write the characters themselves, or a class of them", 2);
        }
    }

    private int ReadUnicodeEscape(int start)
    {
        if (Take('{'))
        {
            int end = _pattern.IndexOf('}', _at);
            int length = end - _at;
            if (length is > 0 and <= 6)
            {
                int code = ReadHex(length, start);
                _at++;
                if (code <= CharSet.Last)
                {
                    return code;
                }
            }

            _at = start;
            throw Refuse("a code point is \\u{X} with up to six hexadecimal digits, at most 10FFFF", 2);
        }

        int unit = ReadHex(4, start);
        if (char.IsHighSurrogate((char)unit) && _at + 5 < _pattern.Length && _pattern[_at] == '\\' && _pattern[_at + 1] == 'u')
        {
            int back = _at;
            _at += 2;
            int low = ReadHex(4, start);
            if (char.IsLowSurrogate((char)low))
            {
                return char.ConvertToUtf32((char)unit, (char)low);
            }

            _at = back;
        }

        return unit;
    }

    private int ReadHex(int digits, int start)
    {
        if (_at + digits <= _pattern.Length && int.TryParse(
            _pattern.Substring(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
        {
            _at += digits;
            return code;
        }

        _at = start;
        throw Refuse("the escape lacks hexadecimal digits", 2);
    }
}
