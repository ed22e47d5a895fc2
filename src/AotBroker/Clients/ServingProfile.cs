using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Clients;

/// <summary>
/// The profile whose credential a client may be handed for what it asks for: the one that was named, if it serves that;
/// else the one of the broker's profiles that describes it most closely.
/// </summary>
internal static class ServingProfile
{
    /// <returns>Null if no profile serves it.</returns>
    /// <exception cref="BrokerException">The profile that was named cannot be used, or two serve the same.</exception>
    public static ResolvedProfile? Find(HelperCall call, RequestedUrl asked, Session session)
    {
        bool isNamed = call.Profile is not null;
        if (isNamed || session.Environment.Get(Variables.BrokerProfile) is not null)
        {
            ResolvedProfile named = session.Resolve(call.Profile);
            if (Closest(named.Hosts, asked) > 0)
            {
                return named;
            }
            if (isNamed)
            {
                session.Reporter.Note($"profile \"{named.Name}\" does not serve {asked.Host}; its \"serves\" must name it");
                return null;
            }
        }
        return Search(asked, session.Environment) is { } name ? session.Resolve(name) : null;
    }

    /// <summary>The entry that describes what is asked for most closely; null if none does.</summary>
    public static string? EntryFor(IReadOnlyList<string> hosts, RequestedUrl asked)
    {
        (string? best, int closest) = (null, 0);
        foreach (string host in hosts)
        {
            int match = ServedHost.Match(host, asked);
            (best, closest) = match > closest ? (host, match) : (best, closest);
        }
        return best;
    }

    private static int Closest(IReadOnlyList<string> hosts, RequestedUrl asked)
    {
        int closest = 0;
        foreach (string host in hosts)
        {
            closest = Math.Max(closest, ServedHost.Match(host, asked));
        }
        return closest;
    }

    private static string? Search(RequestedUrl asked, ProcessEnvironment environment)
    {
        (string? best, string? same, int closest) = (null, null, 0);
        foreach ((string name, IReadOnlyList<string> hosts) in Offers(environment))
        {
            int match = Closest(hosts, asked);
            if (match > closest)
            {
                (best, same, closest) = (name, null, match);
            }
            else if (match > 0 && match == closest)
            {
                same = name;
            }
        }
        return same is null ? best : throw new BrokerException(
            ErrorCode.SettingInvalid,
            $"the profiles \"{best}\" and \"{same}\" both serve {asked.Host}",
            "name one with --profile or AOTBROKER_PROFILE, or make one of them serve something narrower");
    }

    /// <summary>What each profile serves. One that cannot be read serves nothing: it must not keep others from it.</summary>
    private static IEnumerable<(string Name, IReadOnlyList<string> Hosts)> Offers(ProcessEnvironment environment)
    {
        HashSet<string> seen = [];
        foreach (string directory in ConfigDirectories.ProfileDirectories(environment))
        {
            foreach (string file in Files(directory))
            {
                string name = file[(directory.Length + 1)..^".json".Length];
                if (ProfileName.IsValid(name) && seen.Add(name) && Offer(file, environment) is { Count: > 0 } hosts)
                {
                    yield return (name, hosts);
                }
            }
        }
    }

    private static IReadOnlyList<string>? Offer(string file, ProcessEnvironment environment)
    {
        try
        {
            if (ConfigFile.TryRead(file) is not { } content || !Profile.TryRead(content, out Profile? profile, out _))
            {
                return null;
            }
            return profile.Serves?.Hosts ?? (profile.Exchange is AnthropicLogin ? null : Exchanges.Of(profile.Exchange, file, environment).Hosts);
        }
        catch (BrokerException)
        {
            return null;
        }
    }

    private static string[] Files(string directory)
    {
        try
        {
            string[] files = Directory.GetFiles(directory, "*.json");
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
