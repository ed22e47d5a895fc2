using AotBroker.Arguments;
using AotBroker.Brokering;
using AotBroker.Errors;

namespace AotBroker.Clients;

/// <summary>A client's call of the broker as its credential helper: `aotbroker NAME …`, or by the name of a link.</summary>
/// <param name="Protocol">The client's protocol.</param>
/// <param name="Profile">The profile that was named; null if none was.</param>
/// <param name="Verbose">Log to standard error.</param>
/// <param name="Words">The arguments that the client passed.</param>
internal sealed record HelperCall(HelperProtocol Protocol, string? Profile, bool Verbose, string[] Words)
{
    /// <summary>What the client asked for; empty if it did not say.</summary>
    public string Verb => Words is [{ } first, ..] ? first : "";

    /// <param name="program">The name that the program was called by.</param>
    /// <param name="arguments">Without it.</param>
    /// <returns>Null if that is not the name of a link.</returns>
    public static HelperCall? OfLink(string program, ReadOnlySpan<string> arguments) =>
        HelperProtocols.OfLink(program) is ({ } protocol, var profile) ? Parse(protocol, profile, arguments) : null;

    /// <param name="arguments">Without the program's name.</param>
    /// <returns>Null if they do not begin with a protocol's name, or ask for help.</returns>
    public static HelperCall? OfName(ReadOnlySpan<string> arguments)
    {
        if (arguments is not [{ } first, .. var rest])
        {
            return null;
        }
        foreach (HelperProtocol protocol in HelperProtocols.All)
        {
            if (protocol.Marker == first)
            {
                return Parse(protocol, null, arguments);
            }
            if (protocol.Name == first)
            {
                return rest.ContainsAny("--help", "-h", "-?") ? null : Parse(protocol, null, rest);
            }
        }
        return null;
    }

    /// <summary>
    /// The same with options that the client passes by another way than the command line, joined from several places of its
    /// configuration: the last one counts.
    /// </summary>
    public HelperCall With(ReadOnlySpan<string> options) => Parse(Protocol, Profile, options, areJoined: true) with { Verbose = Verbose, Words = Words };

    /// <returns>The exit code.</returns>
    /// <exception cref="BrokerException">A failure that the protocol has no form for.</exception>
    public int Run(Session session) => Protocol.Run(this, session);

    private static HelperCall Parse(HelperProtocol protocol, string? profile, ReadOnlySpan<string> arguments, bool areJoined = false)
    {
        CommandArguments taken = CommandArguments.Of(CommandRow.OfHelper(protocol.Name, "", areJoined), arguments);
        return new HelperCall(protocol, taken.FindAll(Options.ProfileOption) is [.., { } last] ? last : profile, taken.Has(Options.VerboseName), taken.Words);
    }
}
