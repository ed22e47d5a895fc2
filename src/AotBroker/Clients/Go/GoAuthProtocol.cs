using System.Text;
using AotBroker.Brokering;
using AotBroker.Profiles;
using AotBroker.Settings;

namespace AotBroker.Clients.Go;

/// <summary>
/// Go's GOAUTH: called once without a URL, and again with one, and the server's answer on standard input if that
/// answer was a 4xx. `go help goauth`.
/// </summary>
internal sealed class GoAuthProtocol : HelperProtocol
{
    /// <summary>What refuses a newer credential refuses the next one too: it is a matter of rights, not of age.</summary>
    private const long LeastAge = 60;

    public override string Name => "goauth";

    public override string Description => "Go's GOAUTH command";

    public override HelperLink? Link => null;

    public override int Run(HelperCall call, Session session)
    {
        if (call.Verb.Length == 0)
        {
            // Without a profile that was named, Go gets a credential once it has a URL: not every one is for modules.
            if (call.Profile is not null || session.Environment.Get(Variables.BrokerProfile) is not null)
            {
                TellAll(session.Resolve(call.Profile), call.Profile is not null, session);
            }
            return 0;
        }
        bool isRefused = IsUnauthorized(session.Input.ReadAll());
        if (RequestedUrl.TryParse(call.Verb) is not { Scheme: "https" } asked || ServingProfile.Find(call, asked, session) is not { } profile)
        {
            return 0;
        }
        if (isRefused)
        {
            long now = session.Environment.Now;
            RefusedCredential.Drop(profile, credential => credential.IssuedAt + LeastAge <= now, Session.DefaultTimeout, session.Environment);
        }
        session.Write(GoAuthFormat.Write(Obtain(profile, new GoAuthFormat(), Session.DefaultTimeout, session), [PrefixOf(profile, asked)]));
        return 0;
    }

    /// <summary>Go makes this call in every run, whatever it fetches: nothing is exchanged for a profile that is for other clients.</summary>
    private static void TellAll(ResolvedProfile profile, bool isForGo, Session session)
    {
        if (GoAuthFormat.Prefixes(profile.Hosts) is { Count: > 0 } prefixes)
        {
            session.Write(GoAuthFormat.Write(Obtain(profile, new GoAuthFormat(), Session.DefaultTimeout, session), prefixes));
        }
        else if (isForGo && profile.Hosts.Count == 0)
        {
            throw GoAuthFormat.NoHosts(profile.Name);
        }
    }

    /// <summary>What the profile serves of what was asked for: no more of the host than that.</summary>
    private static string PrefixOf(ResolvedProfile profile, RequestedUrl asked)
    {
        string entry = ServingProfile.EntryFor(profile.Hosts, asked)!;
        string path = RequestedUrl.TryParse(entry.Replace("*.", "", StringComparison.Ordinal))?.Path ?? "";
        return $"https://{asked.Authority}{path}";
    }

    private static bool IsUnauthorized(ReadOnlySpan<byte> answer)
    {
        int end = answer.IndexOfAny((byte)'\r', (byte)'\n');
        string[] words = Encoding.UTF8.GetString(end < 0 ? answer : answer[..end]).Split(' ', 3);
        return words is [{ } protocol, "401", ..] && protocol.StartsWith("HTTP/", StringComparison.Ordinal);
    }
}
