using System.Text;

namespace AotBroker.EndToEnd.Tests;

/// <summary>What a process left behind: its exit code, and its octets.</summary>
internal sealed record ProcessResult(int Id, int ExitCode, byte[] Output, byte[] Error)
{
    public override string ToString() => $"process {Id}, exit code {ExitCode}: {ErrorText}";

    public string OutputText => Encoding.UTF8.GetString(Output);

    public string ErrorText => Encoding.UTF8.GetString(Error);

    public string[] ErrorLines => ErrorText.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The one line of standard output.</summary>
    public string Line
    {
        get
        {
            Assert.EndsWith("\n", OutputText, StringComparison.Ordinal);
            return Assert.Single(OutputText[..^1].Split('\n'));
        }
    }

    /// <summary>It succeeded, and said nothing about it.</summary>
    public ProcessResult Succeeded()
    {
        SucceededWithNotes();
        Assert.Equal("", ErrorText);
        return this;
    }

    /// <summary>It succeeded, whatever it said beside it.</summary>
    public ProcessResult SucceededWithNotes()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}: {ErrorText}");
        return this;
    }

    /// <summary>It succeeded with a warning.</summary>
    public ProcessResult SucceededWith(string warning)
    {
        SucceededWithNotes();
        return Says($"aotbroker: warning[{warning}]: ");
    }

    /// <summary>
    /// It failed as failures do: nothing on standard output; on standard error one line with the code, then hints, at least
    /// one; what it warned of comes before.
    /// </summary>
    public ProcessResult Failed(string code, int exitCode)
    {
        Assert.True(Output.Length == 0, $"standard output: {OutputText}");
        var lines = ErrorLines;
        Assert.All(lines, line => Assert.StartsWith("aotbroker: ", line, StringComparison.Ordinal));
        var errors = Enumerable.Range(0, lines.Length).Where(i => lines[i].StartsWith("aotbroker: error[", StringComparison.Ordinal));
        Assert.True(errors.Count() == 1, $"not one error, exit code {ExitCode}: {ErrorText}");
        var at = errors.First();
        Assert.True(lines[at].StartsWith($"aotbroker: error[{code}]: ", StringComparison.Ordinal), $"not {code}: {ErrorText}");
        Assert.True(lines.Length > at + 1, $"no hint: {ErrorText}");
        Assert.All(lines[(at + 1)..], line => Assert.StartsWith("aotbroker: hint: ", line, StringComparison.Ordinal));
        Assert.All(lines[..at], line => Assert.Matches("^aotbroker: (warning\\[|hint: )", line));
        Assert.Equal(exitCode, ExitCode);
        return this;
    }

    /// <summary>The text of the error itself, without its code.</summary>
    public string ErrorMessage =>
        Assert.Single(ErrorLines, line => line.StartsWith("aotbroker: error[", StringComparison.Ordinal))["aotbroker: error[AB0000]: ".Length..];

    public ProcessResult Says(string text)
    {
        Assert.True(ErrorText.Contains(text, StringComparison.Ordinal), $"\"{text}\" is not in: {ErrorText}");
        return this;
    }
}
