using System.Buffers;
using AotBroker.Clients.Editing;
using AotBroker.Errors;
using AotBroker.Runtime;

namespace AotBroker.Clients;

/// <summary>The call of this program by which a client's configuration asks for a profile's credential.</summary>
/// <param name="Executable">An absolute path: clients know no <c>~</c>, no variables, and not every one PATH.</param>
/// <param name="Profile">The profile's name, which is checked: it needs no quotes anywhere.</param>
/// <param name="Format">As `get --format` takes it.</param>
internal sealed record BrokerInvocation(string Executable, string Profile, string Format)
{
    private static readonly SearchValues<char> s_plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._+-@%:,=");

    /// <summary>This program.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SetUpFailed"/>: it is not known where it is.</exception>
    public static BrokerInvocation Of(string profile, CredentialFormat format) => new(ThisProgram(), profile, format.Name);

    /// <summary>This program, called in another way than with `get --format`.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SetUpFailed"/>: it is not known where it is.</exception>
    public static BrokerInvocation Calling(string profile, params string[] arguments) => new(ThisProgram(), profile, "") { Arguments = arguments };

    /// <summary>What follows the program.</summary>
    public string[] Arguments { get; init; } = ["get", "--profile", Profile, "--format", Format];

    /// <summary>For clients that split at white space, and know no quotes.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SetUpFailed"/>: the path has characters that would be taken for something else.</exception>
    public string InWords() => IsPlain ? Line(Executable) : throw new BrokerException(
        ErrorCode.SetUpFailed,
        $"the path of this program has characters that the client cannot read: {Redaction.Printable(Executable)}",
        $"install it at a path without spaces and quotes, such as /usr/local/bin/{Product.Name}");

    /// <summary>For clients that split as a shell does, or call one.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SetUpFailed"/>: quotes do not help.</exception>
    public string InShell() => IsPlain || Executable.AsSpan().ContainsAny("'\n\r\0") ? InWords() : Line($"'{Executable}'");

    /// <summary>Whether a command line of a client's configuration calls this program, or another one of its name.</summary>
    /// <param name="line">Octets.</param>
    public static bool IsCall(string line)
    {
        line = OctetText.Trim(line);
        int end = line.Length == 0 ? 0 : line[0] is '\'' or '"' ? line.IndexOf(line[0], 1) : line.AsSpan().IndexOfAny(' ', '\t');
        return IsThis(line[0..(end < 0 ? line.Length : end)].Trim('\'', '"'));
    }

    /// <summary>Whether a path is this program's, or another one's of its name.</summary>
    /// <param name="program">Octets.</param>
    public static bool IsThis(string program) =>
        program[(program.LastIndexOf('/') + 1)..] == Product.Name || program == OctetText.Of(ThisProgram());

    /// <summary>Whether the program needs no quotes.</summary>
    public bool IsPlain => !Executable.AsSpan().ContainsAnyExcept(s_plain);

    private string Line(string program) => $"{program} {string.Join(' ', Arguments)}";

    private static string ThisProgram() => Environment.ProcessPath ?? throw new BrokerException(
        ErrorCode.SetUpFailed,
        "the system does not say where this program is",
        "is /proc mounted?");
}
