using System.Text;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients.Docker;

/// <summary>
/// Docker's credential helpers: the verb is an argument, the server stands on standard input, and errors on standard output,
/// with exit code 1. Source: docker-credential-helpers, whose texts clients compare.
/// </summary>
internal sealed class DockerProtocol : HelperProtocol
{
    /// <summary>What Docker calls its Hub, whose host has this name.</summary>
    private const string Hub = "https://index.docker.io/v1/";
    private const string HubHost = "index.docker.io";

    private const string NotFound = "credentials not found in native keychain";
    private const string NoServer = "no credentials server URL";
    private const string NoUser = "no credentials username";

    public const string LinkName = "docker-credential-aotbroker";

    public override string Name => "docker";

    public override string Description => "Docker's credential helper: get, store, erase, list, version";

    public override HelperLink? Link => new(LinkName, TakesProfile: true);

    public override int Run(HelperCall call, Session session)
    {
        try
        {
            switch (call.Verb)
            {
                case "get":
                    return Get(call, session);
                case "store":
                    return Store(session);
                case "erase":
                    // It names a server, and no token: `docker logout` refuses nothing that others could not use.
                    return Server(session.Input.ReadAll()).Length == 0 ? Failed(NoServer, session) : 0;
                case "list":
                    return List(call, session);
                case "version":
                    session.Write(Encoding.UTF8.GetBytes($"{LinkName} ({Product.Name}) {Product.Version}\n"));
                    return 0;
                default:
                    throw UnknownVerb(call, "get", "store", "erase", "list", "version");
            }
        }
        catch (BrokerException error) when (error.Code != ErrorCode.OutputFailed)
        {
            session.Reporter.Error(error);
            return Failed($"{ErrorCodes.NameOf(error.Code)}: {Redaction.Shown(error.Message)}", session);
        }
    }

    private static int Get(HelperCall call, Session session)
    {
        string server = Server(session.Input.ReadAll());
        if (server.Length == 0)
        {
            return Failed(NoServer, session);
        }
        if (RequestedUrl.TryParse(server) is not { } asked || ServingProfile.Find(call, asked, session) is not { } profile)
        {
            return Failed(NotFound, session); // Docker goes on without a credential.
        }
        session.Write(DockerFormat.Write(Obtain(profile, new DockerFormat(), Session.DefaultTimeout, session), server));
        return 0;
    }

    private static int Store(Session session)
    {
        ReadOnlySpan<byte> request = session.Input.ReadAll();
        if (string.IsNullOrEmpty(RequestJson.Text(request, "ServerURL")))
        {
            return Failed(NoServer, session);
        }
        if (string.IsNullOrEmpty(RequestJson.Text(request, "Username")))
        {
            return Failed(NoUser, session);
        }
        throw new BrokerException(ErrorCode.Usage, "the broker stores only credentials that it obtained itself", "log in without a credential helper, or let a profile serve this registry");
    }

    /// <summary>
    /// Docker gets the credential of every host that is listed before a build, gives all to its engine, and gives up if one
    /// is not to be had. So only a profile that was named is listed: others may be for anything.
    /// </summary>
    private static int List(HelperCall call, Session session)
    {
        JsonLine line = new JsonLine().BeginObject();
        if (call.Profile is not null || session.Environment.Get(Variables.BrokerProfile) is not null)
        {
            ResolvedProfile named = session.Resolve(call.Profile);
            HashSet<string> listed = [];
            foreach (string host in new DockerFormat().Carries(named.Kind) ? named.Hosts : [])
            {
                if (RegistryOf(host) is { } registry && listed.Add(registry))
                {
                    line.String(registry, named.UserName ?? "");
                }
            }
        }
        session.Write(line.EndObject().ToUtf8());
        return 0;
    }

    /// <summary>
    /// What Docker calls a host that a profile names. Null if Docker never asks for one like it: docker-py takes what is for a path
    /// as being for the whole host.
    /// </summary>
    public static string? RegistryOf(string host) => RequestedUrl.TryParse(host) is not { } served ? null
        : served.Host == HubHost ? Hub
        : served.Path.Trim('/').Length == 0 ? served.Authority : null;

    private static string Server(ReadOnlySpan<byte> input) => Encoding.UTF8.GetString(input).Trim();

    private static int Failed(string message, Session session)
    {
        session.Write(Encoding.UTF8.GetBytes(message + "\n"));
        return 1;
    }
}
