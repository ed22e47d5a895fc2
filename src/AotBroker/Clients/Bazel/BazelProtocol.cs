using AotBroker.Brokering;
using AotBroker.Settings;

namespace AotBroker.Clients.Bazel;

/// <summary>Bazel's credential helpers: `get`, a URI as JSON on standard input, headers as JSON back. Bazel waits ten seconds.</summary>
internal sealed class BazelProtocol : HelperProtocol
{
    /// <summary>A second less than Bazel waits, so that it hears the reason.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(9);

    public override string Name => "bazel";

    public override string Description => "Bazel's credential helper: get";

    public override HelperLink? Link => new("bazel-credential-aotbroker", TakesProfile: true);

    public override int Run(HelperCall call, Session session)
    {
        if (call.Verb != "get")
        {
            throw UnknownVerb(call, "get");
        }
        string uri = RequestJson.Text(session.Input.ReadAll(), "uri") ?? "";
        session.Write(RequestedUrl.TryParse(uri) is { Scheme: not null } asked && ServingProfile.Find(call, asked, session) is { } profile
            ? new BazelFormat().Write(Obtain(profile, new BazelFormat(), LongestWait, session))
            : "{\"headers\":{}}\n"u8);
        return 0;
    }
}
