using System.Globalization;
using System.Text;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;

namespace AotBroker.Commands;

/// <summary>
/// `link`: creates the links by whose names clients call this program. A second run changes nothing; a link of its own that
/// leads elsewhere is corrected; anything else in its place stays.
/// </summary>
internal static class LinkCommand
{
    private const string Made = "made";
    private const string Kept = "kept";
    private const string Refused = "refused";

    /// <exception cref="BrokerException"><see cref="ErrorCode.LinkNotMade"/>, after all others have been made.</exception>
    public static int Run(string directory, string? profile, bool json, Session session)
    {
        string program = Environment.ProcessPath ?? throw new BrokerException(ErrorCode.LinkNotMade, "the system does not say where this program is", "create the links with ln -s");
        directory = session.Environment.Absolute(directory).TrimEnd('/');
        string ending = profile is null ? "" : "-" + ProfileName.Checked(profile, "--profile");
        List<(string Name, string State)> links = [];
        string? refused = null;
        foreach (HelperProtocol protocol in HelperProtocols.All)
        {
            if (protocol.Link is not { } link || (ending.Length > 0 && !link.TakesProfile))
            {
                continue;
            }
            string name = link.Name + ending;
            string state = Link($"{directory}/{name}", program);
            links.Add((name, state));
            refused = state == Refused ? refused ?? name : refused;
        }
        BrokerException? problem = refused is null ? null : new BrokerException(
            ErrorCode.LinkNotMade,
            $"{directory}/{refused} exists and is not a link to {Product.Name}: it was left as it is",
            "name another directory, and put it earlier in PATH if this program should be found first");
        session.Write(json ? Json(directory, program, links, problem) : Text(directory, links));
        return problem is null ? 0 : throw problem;
    }

    private static string Link(string path, string program)
    {
        try
        {
            if (new FileInfo(path).LinkTarget is { } target)
            {
                bool isOurs = Path.GetFileName(target) == Product.Name || Libc.RealPath(path) == Libc.RealPath(program);
                if (!isOurs || target == program)
                {
                    return isOurs ? Kept : Refused;
                }
                string temporary = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.tmp";
                File.CreateSymbolicLink(temporary, program);
                int error = Libc.Rename(temporary, path);
                return error == 0 ? Made : throw new IOException(Libc.Describe(error));
            }
            if (Path.Exists(path))
            {
                return Refused;
            }
            File.CreateSymbolicLink(path, program);
            return Made;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BrokerException(ErrorCode.LinkNotMade, $"{path} could not be created: {FileSystemReason.Of(error)}", "the directory must exist, and you must be able to write to it");
        }
    }

    private static byte[] Text(string directory, List<(string Name, string State)> links)
    {
        StringBuilder text = new();
        foreach ((string name, string state) in links)
        {
            text.Append(state).Append(' ').Append(Redaction.Printable(directory)).Append('/').Append(name).Append('\n');
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Json(string directory, string program, List<(string Name, string State)> links, BrokerException? problem)
    {
        JsonLine line = new JsonLine().BeginObject().String("directory", directory).String("program", program).BeginObject("links");
        foreach ((string name, string state) in links)
        {
            line.String(name, state);
        }
        return line.EndObject().Problem(problem).EndObject().ToUtf8();
    }
}
