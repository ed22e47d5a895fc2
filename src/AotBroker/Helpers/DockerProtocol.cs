using System.Text;
using AotBroker.Commands;
using AotBroker.Errors;
using AotBroker.Output;
using AotBroker.Profiles;

namespace AotBroker.Helpers;

/// <summary>
/// Docker's credential helpers: the verb is an argument, the server stands on standard input, and errors on standard output,
/// with exit code 1. Source: docker-credential-helpers, whose texts clients compare.
/// </summary>
internal static class DockerProtocol
{
    public const string Name = "docker";
    public const string LinkName = "docker-credential-aotbroker";

    private const string NotFound = "credentials not found in native keychain";
    private const string NoServer = "no credentials server URL";
    private const string NoUser = "no credentials username";

    public static int Run(HelperCall call, Session session)
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
                    throw HelperProtocols.UnknownVerb(call, "get", "store", "erase", "list", "version");
            }
        }
        catch (BrokerException error) when (error.Code != ErrorCode.OutputFailed)
        {
            session.Reporter.Error(error);
            return Failed($"{Reporter.Name(error.Code)}: {Reporter.Shown(error.Message)}", session);
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
        session.Write(DockerFormat.Write(HelperCall.Obtain(profile, DockerFormat.Name, GetOptions.DefaultTimeout, session), server));
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
        throw new BrokerException(ErrorCode.Usage, "the broker keeps no credential that it has not obtained itself", "log in without a credential helper, or let a profile serve this registry");
    }

    private static int List(HelperCall call, Session session)
    {
        JsonLine line = new JsonLine().Open();
        HashSet<string> told = [];
        foreach ((string host, string user) in ServingProfile.All(call, session))
        {
            if (told.Add(host))
            {
                line.Text(host, user);
            }
        }
        session.Write(line.Close().ToUtf8());
        return 0;
    }

    private static string Server(ReadOnlySpan<byte> input) => Encoding.UTF8.GetString(input).Trim();

    private static int Failed(string message, Session session)
    {
        session.Write(Encoding.UTF8.GetBytes(message + "\n"));
        return 1;
    }
}
