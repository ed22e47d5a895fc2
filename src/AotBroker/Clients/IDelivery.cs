using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients;

/// <summary>How a command that `exec` becomes is handed credentials. One file each; <see cref="DeliveryList"/> lists them.</summary>
internal interface IDelivery
{
    /// <summary>As <c>--with PROFILE:NAME</c> has it.</summary>
    string Name { get; }

    /// <summary>Whether it can carry what comes of the profile; known before anything is exchanged.</summary>
    bool Supports(ResolvedProfile profile);

    /// <summary>What the credential is obtained for: the profile itself, but where its client makes the exchange.</summary>
    ResolvedProfile Source(ResolvedProfile profile) => profile;

    /// <summary>How long its clients keep what they were told, in seconds; null where they use it at once.</summary>
    long? ClientKeepsFor => null;

    /// <summary>Whether a command can be handed but one credential in this way.</summary>
    bool IsExclusive => false;

    /// <summary>Whether it writes files, in a directory of the command's own.</summary>
    bool HasFiles => true;

    /// <summary>Variables that its clients prefer to what they are handed.</summary>
    string[] Shadowing(ResolvedProfile profile) => [];

    /// <summary>Hands all credentials over that go this way.</summary>
    /// <exception cref="BrokerException">They cannot be.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child);

    /// <summary>Whether its files hold the credential itself, so that somebody has to renew them.</summary>
    bool IsKept => false;

    /// <summary>Writes a new credential where <see cref="HandOver"/> wrote the old one.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    void Renew(CommandCredential credential, string directory, ProcessEnvironment environment)
    {
    }
}
