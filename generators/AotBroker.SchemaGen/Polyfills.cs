using System;

// What the sources in Support ask for, and netstandard2.0 does not have. The generator compiles some of them too, to check the
// schema's own defaults and examples by the code that checks documents.
namespace System
{
    internal readonly struct Index(int value, bool fromEnd = false)
    {
        public int GetOffset(int length) => fromEnd ? length - value : value;

        public static implicit operator Index(int value) => new(value);
    }

    internal readonly struct Range(Index start, Index end)
    {
        public Index Start => start;

        public Index End => end;
    }
}

namespace SchemaGenNamespace
{
    internal static class Polyfills
    {
        extension(char)
        {
            public static bool IsAsciiDigit(char c) => c is >= '0' and <= '9';

            public static bool IsAsciiHexDigit(char c) => c is (>= '0' and <= '9') or (>= 'a' and <= 'f') or (>= 'A' and <= 'F');

            public static bool IsAsciiLetter(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');

            public static bool IsAsciiLetterOrDigit(char c) => IsAsciiLetter(c) || IsAsciiDigit(c);
        }

        public static bool Contains(this string text, char c) => text.IndexOf(c) >= 0;

        public static int IndexOf(this string text, char c, StringComparison _) => text.IndexOf(c);

        public static int IndexOfAnyExceptInRange(this ReadOnlySpan<char> text, char first, char last)
        {
            for (int i = 0; i < text.Length; i++)
            {
                if (text[i] < first || text[i] > last)
                {
                    return i;
                }
            }

            return -1;
        }
    }
}
