using System.Text;

namespace AotBroker.Tests.Fuzzing;

/// <summary>Makes inputs of inputs: octets, pieces, words, numbers, depth; and some from JSON's grammar alone.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<string> words)
{
    private const int Longest = 256 * 1024;

    private static readonly string[] Numbers =
        ["0", "-1", "-0", "1e999", "-1e999", "1e-999", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "2147483648", "253402300800", "0.1", "1E2", "00", "1e15", "1.7976931348623157e308", "123456789012345678901234567890"];

    private static readonly string[] Pieces =
        ["null", "true", "{}", "[]", "\"\"", "{\"a\":1}", "\\u0000", "\\ud800", "\\udc00", "\\ud83d\\ude00", "\\", "\"", "\0", "\r\n", "\e[2J", "\u202e", "\u2028", "\ufeff", "%0d%0a", "..", "/", ":", "//", "@", "#", "?", "|", "https://", "http://[::1]:1", "eyJ", ",", " "];

    public byte[] Next(IReadOnlyList<byte[]> corpus)
    {
        if (random.Next(20) == 0)
        {
            return Encoding.UTF8.GetBytes(Json(0));
        }
        List<byte> input = [.. corpus[random.Next(corpus.Count)]];
        for (int changes = 1 + random.Next(4); changes > 0; changes--)
        {
            Change(input, corpus);
        }
        return input.Count > Longest ? [.. input[..Longest]] : [.. input];
    }

    private void Change(List<byte> input, IReadOnlyList<byte[]> corpus)
    {
        int at = random.Next(input.Count + 1);
        switch (random.Next(12))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)random.Next(256);
                break;
            case 2:
                input.RemoveRange(at, Math.Min(random.Next(1, 20), input.Count - at));
                break;
            case 3:
                input.RemoveRange(at, input.Count - at);
                break;
            case 4:
                byte[] other = corpus[random.Next(corpus.Count)];
                int from = random.Next(other.Length + 1);
                input.InsertRange(at, other[from..Math.Min(other.Length, from + random.Next(1, 200))]);
                break;
            case 5:
                input.InsertRange(at, input.GetRange(at, Math.Min(random.Next(1, 100), input.Count - at)));
                break;
            case 6:
                input.InsertRange(0, random.Next(2) == 0 ? [0xEF, 0xBB, 0xBF] : [0xFF, 0xFE]);
                break;
            case 7:
                Replace(input, at, static c => c is (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'.', Numbers[random.Next(Numbers.Length)]);
                break;
            case 8:
                Replace(input, at, static c => c is not ((byte)'"' or (byte)'\n' or (byte)'\0'), words.Count > 0 ? words[random.Next(words.Count)] : "");
                break;
            case 9 when random.Next(8) == 0:
                string piece = Pieces[random.Next(Pieces.Length)];
                input.InsertRange(at, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(random.Next(2) == 0 ? piece : "[{\"a\":"[..random.Next(1, 6)], random.Next(1, 2000)))));
                break;
            default:
                string word = random.Next(3) == 0 && words.Count > 0 ? words[random.Next(words.Count)] : Pieces[random.Next(Pieces.Length)];
                input.InsertRange(at, Encoding.UTF8.GetBytes(word));
                break;
        }
    }

    /// <summary>Replaces the run around a place: a number, or a string's content.</summary>
    private static void Replace(List<byte> input, int at, Predicate<byte> belongs, string by)
    {
        int start = at;
        while (start > 0 && belongs(input[start - 1]))
        {
            start--;
        }
        int end = at;
        while (end < input.Count && belongs(input[end]))
        {
            end++;
        }
        input.RemoveRange(start, end - start);
        input.InsertRange(start, Encoding.UTF8.GetBytes(by));
    }

    private string Json(int depth) => random.Next(depth > 4 ? 4 : 6) switch
    {
        0 => Numbers[random.Next(Numbers.Length)],
        1 => random.Next(3) switch { 0 => "null", 1 => "true", _ => "false" },
        2 or 3 => Text(),
        4 => "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Json(depth + 1))) + "]",
        _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(6)).Select(_ => Text() + ":" + Json(depth + 1))) + "}",
    };

    private string Text() => "\"" + (words.Count > 0 && random.Next(4) > 0 ? words[random.Next(words.Count)] : Pieces[random.Next(Pieces.Length)]) + "\"";
}
