using System;
using System.Globalization;
using System.Text;

namespace SchemaGenNamespace;

/// <summary>
/// A number exactly as it is written in JSON: every digit is kept, and comparison is exact at any size. Two are equal when their
/// values are: 1.0 is 1.
/// </summary>
public readonly struct SchemaNumber : IEquatable<SchemaNumber>, IComparable<SchemaNumber>
{
    private readonly string? _text;

    public SchemaNumber(long value)
        : this(value.ToString(CultureInfo.InvariantCulture))
    {
    }

    public SchemaNumber(decimal value)
        : this(value.ToString(CultureInfo.InvariantCulture))
    {
    }

    /// <summary>The shortest digits that stand for the value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">JSON has no infinities, and nothing that is not a number.</exception>
    public SchemaNumber(double value)
        : this(double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : throw new ArgumentOutOfRangeException(nameof(value)))
    {
    }

    internal SchemaNumber(string text) => _text = text;

    private string Text => _text ?? "0";

    public static implicit operator SchemaNumber(long value) => new(value);

    public static implicit operator SchemaNumber(decimal value) => new(value);

    public static implicit operator SchemaNumber(double value) => new(value);

    public static bool operator ==(SchemaNumber left, SchemaNumber right) => left.Equals(right);

    public static bool operator !=(SchemaNumber left, SchemaNumber right) => !left.Equals(right);

    public static bool operator <(SchemaNumber left, SchemaNumber right) => left.CompareTo(right) < 0;

    public static bool operator >(SchemaNumber left, SchemaNumber right) => left.CompareTo(right) > 0;

    public static bool operator <=(SchemaNumber left, SchemaNumber right) => left.CompareTo(right) <= 0;

    public static bool operator >=(SchemaNumber left, SchemaNumber right) => left.CompareTo(right) >= 0;

    /// <summary>The nearest value of 64 bits; infinite beyond them.</summary>
    public double ToDouble() => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The value as a decimal, when a decimal can hold it to the last digit.</summary>
    public bool TryToDecimal(out decimal value) =>
        decimal.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && new SchemaNumber(value).Equals(this);

    /// <summary>The value as an integer, when it is one of 64 bits.</summary>
    public bool TryToInt64(out long value) => SchemaText.TryParseInteger(Encoding.ASCII.GetBytes(Text), out value);

    public int CompareTo(SchemaNumber other)
    {
        Parts left = new(Text);
        Parts right = new(other.Text);
        if (left.Sign != right.Sign)
        {
            return left.Sign.CompareTo(right.Sign);
        }

        int magnitude = left.Magnitude.CompareTo(right.Magnitude);
        return left.Sign * (magnitude != 0 ? magnitude : string.CompareOrdinal(left.Digits, right.Digits));
    }

    public bool Equals(SchemaNumber other) => CompareTo(other) == 0;

    public override bool Equals(object? obj) => obj is SchemaNumber other && Equals(other);

    public override int GetHashCode()
    {
        Parts parts = new(Text);
        return HashCode.Combine(parts.Sign, parts.Magnitude, parts.Digits);
    }

    /// <summary>The number as it is written in JSON.</summary>
    public override string ToString() => Text;

    /// <summary>Whether the value is <paramref name="digits"/> * 10^<paramref name="exponent"/>, times an integer.</summary>
    internal bool IsMultipleOf(ulong digits, int exponent)
    {
        Parts parts = new(Text);
        long shift = parts.Magnitude - parts.Digits.Length - exponent;
        if (parts.Sign == 0 || shift < 0)
        {
            // The digits do not end in zero, so no multiple of ten divides them.
            return parts.Sign == 0;
        }

        ulong rest = 0;
        foreach (char digit in parts.Digits)
        {
            rest = (ulong)((((UInt128)rest * 10) + (uint)(digit - '0')) % digits);
        }

        return (UInt128)rest * PowerOfTen(shift, digits) % digits == 0;
    }

    private static ulong PowerOfTen(long power, ulong modulus)
    {
        UInt128 result = 1 % modulus;
        UInt128 square = 10 % modulus;
        for (; power > 0; power >>= 1)
        {
            if ((power & 1) != 0)
            {
                result = result * square % modulus;
            }

            square = square * square % modulus;
        }

        return (ulong)result;
    }

    /// <summary>A number taken apart: its sign, times 0.digits, times ten to the power of its magnitude.</summary>
    private readonly struct Parts
    {
        // Far beyond what the digits of any text that fits into memory could make up for.
        private const long MaxExponent = 1_000_000_000_000_000;

        public Parts(string text)
        {
            int exponentAt = text.AsSpan().IndexOfAny('e', 'E');
            ReadOnlySpan<char> number = (exponentAt < 0 ? text : text.AsSpan(0, exponentAt)).TrimStart('-');
            int point = number.IndexOf('.');
            string all = point < 0 ? number.ToString() : string.Concat(number[..point], number[(point + 1)..]);
            string significant = all.TrimStart('0');
            long whole = point < 0 ? number.Length : point;
            Digits = significant.TrimEnd('0');
            Sign = Digits.Length == 0 ? 0 : text[0] == '-' ? -1 : 1;
            Magnitude = Sign == 0 ? 0 : whole - (all.Length - significant.Length) + (exponentAt < 0 ? 0 : Exponent(text.AsSpan(exponentAt + 1)));
        }

        public int Sign { get; }

        public long Magnitude { get; }

        public string Digits { get; }

        private static long Exponent(ReadOnlySpan<char> text)
        {
            long exponent = 0;
            foreach (char c in text.TrimStart("+-"))
            {
                exponent = Math.Min(MaxExponent, (exponent * 10) + (c - '0'));
            }

            return text[0] == '-' ? -exponent : exponent;
        }
    }
}
