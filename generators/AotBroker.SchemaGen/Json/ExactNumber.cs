using System;
using System.Numerics;

namespace AotBroker.SchemaGen.Json;

/// <summary>A number of a schema file, exact at any size: an integer that does not end in zero, times a power of ten.</summary>
internal readonly struct ExactNumber : IComparable<ExactNumber>
{
    /// <summary>Far beyond what the digits of any text that fits into memory could make up for.</summary>
    private const int MaxExponent = 1_000_000_000;

    private readonly BigInteger _digits;
    private readonly int _length;
    private readonly long _exponent;

    /// <param name="text">A number as JSON has it.</param>
    public ExactNumber(string text)
    {
        int exponentAt = text.IndexOfAny(['e', 'E']);
        string number = exponentAt < 0 ? text : text.Substring(0, exponentAt);
        int point = number.IndexOf('.');
        string significant = number.Replace(".", "").TrimStart('-', '0').TrimEnd('0');
        int zeros = number.Replace(".", "").Length - number.Replace(".", "").TrimEnd('0').Length;
        _length = significant.Length;
        _digits = _length == 0 ? BigInteger.Zero : BigInteger.Parse((text[0] == '-' ? "-" : "") + significant, System.Globalization.CultureInfo.InvariantCulture);
        _exponent = _length == 0 ? 0 : zeros - (point < 0 ? 0 : number.Length - point - 1) + (exponentAt < 0 ? 0 : Exponent(text.Substring(exponentAt + 1)));
    }

    public bool IsInteger => _exponent >= 0;

    public int CompareTo(ExactNumber other)
    {
        int sign = _digits.Sign.CompareTo(other._digits.Sign);
        int magnitude = _digits.Sign * (_length + _exponent).CompareTo(other._length + other._exponent);
        if (sign != 0 || magnitude != 0 || _digits.IsZero)
        {
            return sign != 0 ? sign : magnitude;
        }

        // Numbers of one magnitude differ in their exponents by no more than they have digits.
        long least = Math.Min(_exponent, other._exponent);
        return (_digits * BigInteger.Pow(10, (int)(_exponent - least))).CompareTo(other._digits * BigInteger.Pow(10, (int)(other._exponent - least)));
    }

    public bool IsMultipleOf(ExactNumber divisor)
    {
        long shift = _exponent - divisor._exponent;

        // The digits do not end in zero, so no multiple of ten divides them.
        return _digits.IsZero
            || (shift >= 0 && (_digits * BigInteger.ModPow(10, shift, divisor._digits) % divisor._digits).IsZero);
    }

    private static long Exponent(string text)
    {
        long exponent = 0;
        foreach (char c in text.TrimStart('+', '-'))
        {
            exponent = Math.Min(MaxExponent, (exponent * 10) + (c - '0'));
        }

        return text[0] == '-' ? -exponent : exponent;
    }
}
