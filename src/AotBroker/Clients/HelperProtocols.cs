using AotBroker.Brokering;
using AotBroker.Clients.Bazel;
using AotBroker.Clients.Cargo;
using AotBroker.Clients.Docker;
using AotBroker.Clients.Git;
using AotBroker.Clients.Go;
using AotBroker.Clients.Keyring;
using AotBroker.Clients.Terraform;
using AotBroker.Errors;
using AotBroker.Runtime;

namespace AotBroker.Clients;

/// <summary>All protocols in which a client calls a program with verbs. A new one is a file, a test, and a line in each list.</summary>
internal static class HelperProtocols
{
    /// <summary>As `aotbroker NAME`.</summary>
    public static string[] Names =>
    [
        DockerProtocol.Name, GitProtocol.Name, CargoProtocol.Name, TerraformProtocol.Name, BazelProtocol.Name, GoAuthProtocol.Name, KeyringProtocol.Name,
    ];

    /// <summary>For help.</summary>
    public static (string Name, string About)[] Descriptions =>
    [
        (DockerProtocol.Name, "Docker's credential helper: get, store, erase, list, version"),
        (GitProtocol.Name, "git's credential helper: get, store, erase, capability"),
        (CargoProtocol.Name, "cargo's credential provider: --cargo-plugin"),
        (TerraformProtocol.Name, "Terraform's credentials helper: get, store, forget HOST"),
        (BazelProtocol.Name, "Bazel's credential helper: get"),
        (GoAuthProtocol.Name, "Go's GOAUTH command"),
        (KeyringProtocol.Name, "The program that pip, uv and PDM ask: get SERVICE USER"),
    ];

    /// <summary>The names that clients look for in PATH, or are told; `-PROFILE` may follow all but the last.</summary>
    public static string[] LinkNames =>
    [
        DockerProtocol.LinkName, GitProtocol.LinkName, CargoProtocol.LinkName, TerraformProtocol.LinkName, BazelProtocol.LinkName, KeyringProtocol.LinkName,
    ];

    /// <summary>What a client calls by this name, and the profile that the name ends in.</summary>
    public static (string? Protocol, string? Profile) OfLink(string program)
    {
        string name = program[(program.LastIndexOf('/') + 1)..];
        if (name.StartsWith(Product.Name, StringComparison.Ordinal))
        {
            return default;
        }
        if (name == KeyringProtocol.LinkName)
        {
            return (KeyringProtocol.Name, null);
        }
        foreach (string protocol in Names)
        {
            string link = LinkOf(protocol);
            if (link.Length > 0 && protocol != KeyringProtocol.Name && name.StartsWith(link, StringComparison.Ordinal) && (name.Length == link.Length || name[link.Length] == '-'))
            {
                return (protocol, name.Length > link.Length + 1 ? name[(link.Length + 1)..] : null);
            }
        }
        return default;
    }

    /// <returns>The exit code.</returns>
    /// <exception cref="BrokerException">What the protocol has no form of its own for.</exception>
    public static int Run(HelperCall call, Session session) => call.Protocol switch
    {
        DockerProtocol.Name => DockerProtocol.Run(call, session),
        GitProtocol.Name => GitProtocol.Run(call, session),
        CargoProtocol.Name => CargoProtocol.Run(call, session),
        TerraformProtocol.Name => TerraformProtocol.Run(call, session),
        BazelProtocol.Name => BazelProtocol.Run(call, session),
        GoAuthProtocol.Name => GoAuthProtocol.Run(call, session),
        _ => KeyringProtocol.Run(call, session),
    };

    private static string LinkOf(string protocol) => protocol switch
    {
        DockerProtocol.Name => DockerProtocol.LinkName,
        GitProtocol.Name => GitProtocol.LinkName,
        CargoProtocol.Name => CargoProtocol.LinkName,
        TerraformProtocol.Name => TerraformProtocol.LinkName,
        BazelProtocol.Name => BazelProtocol.LinkName,
        _ => "",
    };

    public static BrokerException UnknownVerb(HelperCall call, params ReadOnlySpan<string> verbs)
    {
        bool isKnown = false;
        foreach (string verb in verbs)
        {
            isKnown |= verb.StartsWith(call.Verb + " ", StringComparison.Ordinal);
        }
        return new(
            ErrorCode.Usage,
            call.Verb.Length == 0 ? $"{call.Protocol} was called without a verb"
            : isKnown ? $"{call.Protocol} {call.Verb} was called with other arguments than it takes" : $"{call.Protocol} has no verb \"{call.Verb}\"",
            $"its verbs are {string.Join(", ", verbs)}");
    }
}
