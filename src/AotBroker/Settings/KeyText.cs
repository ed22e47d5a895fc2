using System.Text;
using AotBroker.Errors;

namespace AotBroker.Settings;

/// <summary>
/// <c>name=value</c>, each followed by a bar; a bar in a value is doubled, so that no value can pass for two. Nothing in it
/// needs an escape in JSON, which keeps the hot path out of the reader's slow one.
/// </summary>
internal sealed class KeyText
{
    private readonly StringBuilder _text = new(256);

    public override string ToString() => _text.ToString();

    /// <summary>Adds a member; nothing if there is no value.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>: a control character.</exception>
    public void Add(string name, string? value)
    {
        if (value is null)
        {
            return;
        }
        bool hasBar = false;
        foreach (char c in value)
        {
            hasBar |= c == '|';
            if (c < ' ' || c == '\x7f')
            {
                throw new BrokerException(
                    ErrorCode.SettingInvalid,
                    $"{name} holds a control character",
                    "look for a line break at the end of the value");
            }
        }
        _text.Append(name).Append('=').Append(hasBar ? value.Replace("|", "||", StringComparison.Ordinal) : value).Append('|');
    }

    /// <summary>Adds a piece of what a token says, as it is in the token: JSON without control characters.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="utf8">Its bytes. Each becomes one character: two texts that are no valid UTF-8 stay two.</param>
    public void AddPiece(char kind, ReadOnlySpan<byte> utf8)
    {
        _text.Append(kind);
        foreach (byte octet in utf8)
        {
            _text.Append((char)octet);
            if (octet == (byte)'|')
            {
                _text.Append('|');
            }
        }
        _text.Append('|');
    }

    /// <summary>
    /// FNV-1a of 128 bits, in hexadecimal: a file name, not a proof. The entry holds the whole key and is compared with it,
    /// so that a collision of names costs a miss. (A cryptographic hash would start OpenSSL, for ten times the price of a hit.)
    /// </summary>
    public static string Fingerprint(string text)
    {
        UInt128 prime = new(0x0000000001000000, 0x000000000000013B);
        UInt128 hash = new(0x6C62272E07BB0142, 0x62B821756295C58D);
        foreach (char c in text)
        {
            hash = (hash ^ (byte)c) * prime;
            hash = (hash ^ (byte)(c >> 8)) * prime;
        }
        Span<char> digits = stackalloc char[32];
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            int digit = (int)((ulong)hash & 15);
            digits[i] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
            hash >>= 4;
        }
        return new string(digits);
    }
}
