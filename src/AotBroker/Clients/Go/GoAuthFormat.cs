using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;

namespace AotBroker.Clients.Go;

/// <summary>A credential set of a GOAUTH command: URL prefixes, a blank line, headers, a blank line. `go help goauth`.</summary>
internal sealed class GoAuthFormat : CredentialFormat
{
    private const string Https = "https://";

    public override string Name => "goauth";

    public override bool IsOffered => false;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind is CredentialKind.Token or CredentialKind.Fields;

    /// <summary>For all prefixes that Go knows: neither plain HTTP nor a star.</summary>
    public override byte[] Write(in OutputCredential output) =>
        Prefixes(output.Hosts) is { Count: > 0 } prefixes ? Write(output, prefixes) : throw NoHosts(output.Profile);

    /// <summary>The hosts of a profile that Go can be given before it asks for one.</summary>
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
        $"profile \"{profile}\" does not say which hosts its credential is for, and Go needs to know",
        "add \"serves\": {\"hosts\": [\"example.com/path\"]} to the profile");

    /// <param name="output">The credential.</param>
    /// <param name="prefixes">With https:// before them.</param>
    public static byte[] Write(in OutputCredential output, IEnumerable<string> prefixes)
    {
        StringBuilder lines = new();
        foreach (string prefix in prefixes)
        {
            lines.Append(prefix).Append('\n');
        }
        return Encoding.UTF8.GetBytes(lines.Append("\nAuthorization: ").Append(output.RevealAuthorization()).Append("\n\n").ToString());
    }
}
