using System.Text;
using AotBroker.Errors;

namespace AotBroker.Tests.Fuzzing;

/// <summary>
/// Something that reads what others wrote. A new one is a class of its own in Targets, found by its type: seeds, and what
/// is done with an input.
/// </summary>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>Secrets in the seeds and in the words that inputs are made of: none may show up in a message.</summary>
    protected static readonly string[] Secrets = [Made.AccessToken(), Made.Jwt($$"""{"sub":"{{Made.Name()}}"}""")];

    protected Machine Machine { get; } = new();

    /// <summary>Right inputs, which are changed.</summary>
    public abstract IEnumerable<byte[]> Seeds { get; }

    /// <summary>Words of this input's language, besides those of all.</summary>
    public virtual IEnumerable<string> Words => [];

    /// <summary>Octets that an input may cost, whatever its size: what a machine of a test's own takes, and a server's answer.</summary>
    public virtual int FixedCost => 2 << 20;

    /// <summary>Does with the input what the broker does. It throws where a promise is broken; a <see cref="BrokerException"/> is none.</summary>
    /// <returns>What became of it, in a few words: inputs with a new fate are kept, and changed again.</returns>
    public abstract string Run(byte[] input);

    /// <summary>The words that the engine mixes into inputs.</summary>
    public IEnumerable<string> AllWords => Words.Concat(Secrets);

    /// <summary>An error is one line for people, of bounded length, and without a secret.</summary>
    public static string Fate(BrokerException error)
    {
        foreach (string line in error.Hints.Prepend(error.Message).Select(Redaction.Shown))
        {
            Assert.DoesNotContain(line, char.IsControl);
            Assert.InRange(line.Length, 1, 4096 * "\\u0000".Length);
            Assert.All(Secrets, secret => Assert.DoesNotContain(secret[..24], line, StringComparison.Ordinal));
        }

        Assert.InRange(error.ExitCode, 2, 7);
        return $"{ErrorCodes.NameOf(error.Code)} {new string([.. error.Message.Where(static c => char.IsAsciiLetterLower(c) || c == ' ')])}";
    }

    /// <summary>The documents of a folder of tests/vectors.</summary>
    protected static IEnumerable<byte[]> Vectors(string folder, string start = "") =>
        Directory.EnumerateFiles(Repository.Vectors(folder), start + "*.txt").Order(StringComparer.Ordinal)
            .Select(static path => File.ReadAllText(path))
            .Select(static text => Encoding.UTF8.GetBytes(text[(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..]));

    /// <summary>What is read is read again as the same.</summary>
    protected static void RoundTrips<T>(T value, byte[] written, Func<byte[], T?> read)
        where T : class => Assert.Equal(value, read(written));

    public virtual void Dispose() => Machine.Dispose();
}
