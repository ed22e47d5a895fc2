using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients;

/// <summary>How a command that `exec` becomes is given credentials.</summary>
internal abstract class Delivery
{
    /// <summary>As in <c>--with PROFILE:NAME</c>.</summary>
    public abstract string Name { get; }

    /// <summary>How long its clients keep what they are given, in seconds; null if they use it at once.</summary>
    public abstract long? ClientKeepsFor { get; }

    /// <summary>Whether a command can be given only one credential in this way.</summary>
    public abstract bool IsExclusive { get; }

    /// <summary>Whether it writes files, in a directory of the command's own.</summary>
    public abstract bool HasFiles { get; }

    /// <summary>Whether it can carry the profile's credential; known before anything is exchanged.</summary>
    public abstract bool Supports(ResolvedProfile profile);

    /// <summary>Variables that its clients prefer to what they are given.</summary>
    public abstract string[] Shadowing(ResolvedProfile profile);

    /// <summary>Hands over all credentials that go this way.</summary>
    /// <exception cref="BrokerException">They cannot be handed over.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public abstract void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child);

    /// <summary>What the credential is obtained for: the profile itself, unless the client makes the exchange.</summary>
    public virtual ResolvedProfile Source(ResolvedProfile profile) => profile;
}

/// <summary>A <see cref="Delivery"/> whose files hold the credential itself, so that they have to be renewed.</summary>
internal interface IRenewedDelivery
{
    /// <summary>Writes a new credential where <see cref="Delivery.HandOver"/> wrote the old one.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    void Renew(CommandCredential credential, string directory, ProcessEnvironment environment);
}
