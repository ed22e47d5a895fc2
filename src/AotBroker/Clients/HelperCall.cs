using AotBroker.Brokering;
using AotBroker.Clients.Cargo;
using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Profiles;

namespace AotBroker.Clients;

/// <summary>A client calls the broker as its credential helper: `aotbroker NAME …`, or by the name of a link.</summary>
/// <param name="Protocol">Whose protocol it is.</param>
/// <param name="Profile">The profile that was named; null where none was.</param>
/// <param name="Verbose">Log to standard error.</param>
/// <param name="Words">What the client passed.</param>
internal sealed record HelperCall(string Protocol, string? Profile, bool Verbose, string[] Words)
{
    /// <summary>What the client asked for; empty where it did not say.</summary>
    public string Verb => Words is [{ } first, ..] ? first : "";

    /// <param name="program">The name that the program was called by.</param>
    /// <param name="arguments">Without it.</param>
    /// <returns>Null where this is no such call, or asks for help.</returns>
    public static HelperCall? TryParse(string program, ReadOnlySpan<string> arguments)
    {
        (string? protocol, string? profile) = HelperProtocols.OfLink(program);
        if (protocol is null)
        {
            if (arguments is [CargoProtocol.Plugin, ..])
            {
                // cargo puts this before what its configuration says, `["aotbroker", "cargo"]` for example, and tells that later.
                return Parse(CargoProtocol.Name, null, arguments);
            }
            if (arguments.IsEmpty || Array.IndexOf(HelperProtocols.Names, arguments[0]) < 0)
            {
                return null;
            }
            protocol = arguments[0];
            arguments = arguments[1..];
            if (arguments.ContainsAny("--help", "-h", "-?"))
            {
                return null;
            }
        }
        return Parse(protocol, profile, arguments);
    }

    /// <summary>The same with options that the client passes by another way than the command line.</summary>
    public HelperCall With(ReadOnlySpan<string> options) => Parse(Protocol, Profile, options) with { Verbose = Verbose, Words = Words };

    private static HelperCall Parse(string protocol, string? profile, ReadOnlySpan<string> arguments)
    {
        bool verbose = false;
        List<string> words = [];
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--verbose":
                    verbose = true;
                    break;
                case "--profile" when i + 1 < arguments.Length:
                    profile = arguments[++i];
                    break;
                case string text when text.StartsWith("--profile=", StringComparison.Ordinal):
                    profile = text["--profile=".Length..];
                    break;
                default:
                    words.Add(arguments[i]);
                    break;
            }
        }
        return new HelperCall(protocol, profile, verbose, [.. words]);
    }

    /// <summary>The credential of a profile that serves what is asked for, as fresh as the protocol's clients need it.</summary>
    public static OutputCredential Obtain(ResolvedProfile profile, string format, TimeSpan timeout, Session session)
    {
        CredentialFormats.Choose(format, profile.Kind, profile.Name);
        Freshness freshness = new() { ClientKeepsFor = CredentialFormats.ClientKeepsFor(format) };
        return OutputCredential.Of(profile, session.Obtain(profile, freshness, timeout), session.Environment);
    }

    /// <summary>Whether the credential has this secret in it. It takes as long to find that it has not.</summary>
    public static bool IsSecretOf(Credential credential, string secret) =>
        (credential.AccessToken ?? (credential.Fields is { } fields && fields.TryGetValue("password", out Schemas.Secret? password) ? password : null)) is { } own
        && own == new Schemas.Secret(secret);
}
