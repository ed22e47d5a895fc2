using System.Text;
using AotBroker.Errors;

namespace AotBroker.Reporting;

/// <summary>
/// Standard error, for people. Each line starts with the program's name; nothing that came from outside can start a line
/// of its own, move the cursor or colour the terminal.
/// </summary>
internal sealed class Reporter(StandardStream stream, Func<bool> color)
{
    private const string Prefix = "aotbroker: ";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);

    private bool _isStuck;
    private List<string>? _once;

    /// <summary>For clients that take a line on standard error for a failure, or for a part of the answer.</summary>
    public bool KeepsWarnings { get; set; }

    public void Error(BrokerException error) => Error(error.Code, error.Message, error.Hints);

    public void Error(ErrorCode code, string message, IReadOnlyList<string> hints)
    {
        Line(Label("error", code, Colour.Red), message);
        Hints(hints);
    }

    public void Warning(ErrorCode code, string message, params IReadOnlyList<string> hints)
    {
        if (KeepsWarnings)
        {
            return;
        }
        Line(Label("warning", code, Colour.Yellow), message);
        Hints(hints);
    }

    /// <summary>A warning that this process gives only once, however many credentials it is about.</summary>
    public void WarningOnce(ErrorCode code, string message, params IReadOnlyList<string> hints)
    {
        _once ??= [];
        if (!_once.Contains(message))
        {
            _once.Add(message);
            Warning(code, message, hints);
        }
    }

    /// <summary>A line without a label, such as requested progress.</summary>
    public void Note(string message) => Line("", message);

    private void Hints(IReadOnlyList<string> hints)
    {
        foreach (string hint in hints)
        {
            Line("hint: ", hint);
        }
    }

    private string Label(string word, ErrorCode code, string sgr)
    {
        string label = $"{word}[{ErrorCodes.NameOf(code)}]";
        return (color() ? Colour.In(label, sgr) : label) + ": ";
    }

    private void Line(string label, string message)
    {
        // A full pipe that is not read must not block this process, and with it those that wait for its lock.
        _isStuck = _isStuck || !stream.IsWritableWithin(LongestWait);
        if (_isStuck)
        {
            return;
        }
        byte[] line = Encoding.UTF8.GetBytes(Prefix + label + Redaction.Shown(message) + "\n");
        // If standard error is closed, nothing can be reported.
        _ = stream.Write(line);
    }
}
