using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Flights;
using AotBroker.Profiles;

namespace AotBroker.Clients;

/// <summary>A protocol in which a client calls a program, with verbs, as its credential helper.</summary>
internal abstract class HelperProtocol
{
    /// <summary>As in `aotbroker NAME`.</summary>
    public abstract string Name { get; }

    /// <summary>For help, on one line.</summary>
    public abstract string Description { get; }

    /// <summary>The program that the client looks for in PATH; null if its configuration names any.</summary>
    public abstract HelperLink? Link { get; }

    /// <summary>The argument by which the client says that it is the one that calls, and that is passed on; null if there is none.</summary>
    public virtual string? Marker => null;

    /// <returns>The exit code.</returns>
    /// <exception cref="BrokerException">A failure that the protocol has no form for.</exception>
    public abstract int Run(HelperCall call, Session session);

    /// <summary>The credential of a profile that serves what is asked for, as fresh as the protocol's clients need it.</summary>
    protected static OutputCredential Obtain(ResolvedProfile profile, CredentialFormat format, TimeSpan timeout, Session session)
    {
        format.RequireCarries(profile.Kind, profile.Name);
        return OutputCredential.Of(profile, session.Obtain(profile, new Freshness { ClientKeepsFor = format.ClientKeepsFor }, timeout), session.Environment);
    }

    protected static BrokerException UnknownVerb(HelperCall call, params ReadOnlySpan<string> verbs)
    {
        bool isKnown = false;
        foreach (string verb in verbs)
        {
            isKnown |= verb.StartsWith(call.Verb + " ", StringComparison.Ordinal);
        }
        string name = call.Protocol.Name;
        return new(
            ErrorCode.Usage,
            call.Verb.Length == 0 ? $"{name} was called without a verb"
            : isKnown ? $"{name} {call.Verb} was called with other arguments than it takes" : $"{name} has no verb \"{call.Verb}\"",
            $"its verbs are {string.Join(", ", verbs)}");
    }
}

/// <summary>The name of a link to this program by which a client calls it.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="TakesProfile">Whether `-PROFILE` may follow: the client can be told the whole name.</param>
internal readonly record struct HelperLink(string Name, bool TakesProfile);
