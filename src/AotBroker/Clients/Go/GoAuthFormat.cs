using System.Text;
using AotBroker.Errors;

namespace AotBroker.Clients.Go;

/// <summary>A credential set of a GOAUTH command: URL prefixes, a blank line, headers, a blank line. `go help goauth`.</summary>
internal static class GoAuthFormat
{
    public const string Name = "goauth";

    private const string Https = "https://";

    /// <summary>For all prefixes that can be told: Go knows neither plain HTTP here nor a star.</summary>
    public static byte[] Write(in OutputCredential presented) =>
        Prefixes(presented.Hosts) is { Count: > 0 } prefixes ? Write(presented, prefixes) : throw NoHosts(presented.Profile);

    /// <summary>Those of a profile's hosts that Go can be told before it asks for one.</summary>
    public static List<string> Prefixes(IReadOnlyList<string> hosts)
    {
        List<string> prefixes = [];
        foreach (string host in hosts)
        {
            if (!host.Contains('*', StringComparison.Ordinal) && (host.StartsWith(Https, StringComparison.Ordinal) || !host.Contains("://", StringComparison.Ordinal)))
            {
                prefixes.Add(host.StartsWith(Https, StringComparison.Ordinal) ? host : Https + host);
            }
        }
        return prefixes;
    }

    public static BrokerException NoHosts(string profile) => new(
        ErrorCode.ProfileIncomplete,
        $"profile \"{profile}\" does not say which hosts its credential is for, and Go must be told",
        "add \"serves\": {\"hosts\": [\"example.com/path\"]} to the profile");

    /// <param name="presented">The credential.</param>
    /// <param name="prefixes">With https:// before them.</param>
    public static byte[] Write(in OutputCredential presented, IEnumerable<string> prefixes)
    {
        StringBuilder lines = new();
        foreach (string prefix in prefixes)
        {
            lines.Append(prefix).Append('\n');
        }
        return Encoding.UTF8.GetBytes(lines.Append("\nAuthorization: ").Append(presented.RevealAuthorization()).Append("\n\n").ToString());
    }
}
