using AotBroker.Brokering;
using AotBroker.Settings;

namespace AotBroker.Clients.Bazel;

/// <summary>Bazel's credential helpers: `get`, a URI as JSON on standard input, headers as JSON back. Bazel waits ten seconds.</summary>
internal static class BazelProtocol
{
    public const string Name = "bazel";
    public const string LinkName = "bazel-credential-aotbroker";

    /// <summary>A second less than Bazel waits, so that it hears the reason.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(9);

    public static int Run(HelperCall call, Session session)
    {
        if (call.Verb != "get")
        {
            throw HelperProtocols.UnknownVerb(call, "get");
        }
        string uri = RequestJson.Text(session.Input.ReadAll(), "uri") ?? "";
        session.Write(RequestedUrl.TryParse(uri) is { Scheme: not null } asked && ServingProfile.Find(call, asked, session) is { } profile
            ? BazelFormat.Write(HelperCall.Obtain(profile, BazelFormat.Name, LongestWait, session))
            : "{\"headers\":{}}\n"u8);
        return 0;
    }
}
