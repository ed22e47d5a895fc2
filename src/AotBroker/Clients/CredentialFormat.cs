using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients;

/// <summary>How a credential is written to standard output.</summary>
internal abstract class CredentialFormat
{
    /// <summary>As `get --format` takes it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether help and completion offer it; false where the client's helper protocol is the usual way to get it.</summary>
    public abstract bool IsOffered { get; }

    /// <summary>How long its clients keep the answer, in seconds; null if they use it at once.</summary>
    public abstract long? ClientKeepsFor { get; }

    /// <summary>Whether it can carry a credential of this kind.</summary>
    public abstract bool Carries(CredentialKind kind);

    /// <summary>What is written for the credential, to the last octet.</summary>
    /// <exception cref="BrokerException">The credential lacks what the format needs, or the client asks for something else.</exception>
    public abstract byte[] Write(in OutputCredential output);

    /// <summary>What the credential is obtained for: the profile itself, unless the client makes the exchange.</summary>
    public virtual ResolvedProfile Source(ResolvedProfile profile) => profile;

    /// <summary>Checks what the client says about itself before anything is exchanged.</summary>
    /// <exception cref="BrokerException">The profile's credential is not for this client.</exception>
    public virtual void RequireServed(ResolvedProfile profile, ProcessEnvironment environment)
    {
    }

    /// <summary>How long its clients wait for an answer; null for as long as any other.</summary>
    public virtual TimeSpan? UsualTimeout => null;

    /// <summary>Whether the answer goes to standard output, and not only to a file that the client names.</summary>
    public virtual bool GoesToStandardOutput(ProcessEnvironment environment) => true;

    /// <summary>What its clients had better know of the answer: a warning; null as a rule.</summary>
    public virtual BrokerException? Shortcoming(in OutputCredential output) => null;

    /// <summary>What is left to do once standard output has been written.</summary>
    /// <exception cref="BrokerException">A file that the client named could not be written.</exception>
    public virtual void Finish(in OutputCredential output, ReadOnlySpan<byte> written)
    {
    }

    /// <summary>How the client takes a failure, if not from the exit code and standard error.</summary>
    /// <returns>Null if it does not.</returns>
    public virtual FailureAnswer? FailureAnswer(ProcessEnvironment environment) => null;

    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: the format cannot carry the profile's credential.</exception>
    public void RequireCarries(CredentialKind kind, string profile)
    {
        if (Carries(kind))
        {
            return;
        }
        string what = kind switch
        {
            CredentialKind.AwsKeys => "a set of AWS keys",
            CredentialKind.Fields => "a secret of several fields",
            CredentialKind.Token => "a token",
            _ => throw new InvalidOperationException($"no name for {kind}"),
        };
        throw new BrokerException(
            ErrorCode.Usage,
            $"the credential of profile \"{profile}\" is {what}, which the format \"{Name}\" cannot carry",
            $"the formats that can: {string.Join(", ", CredentialFormats.Offered(kind))}");
    }
}

/// <summary>The answer of a client's protocol for failures.</summary>
/// <param name="write">The answer for standard output; the exit code is 0.</param>
/// <param name="readsStandardError">Whether the client takes standard error for a part of the answer, so that nothing may be written there.</param>
internal sealed class FailureAnswer(Func<BrokerException, byte[]> write, bool readsStandardError)
{
    public bool ReadsStandardError => readsStandardError;

    public byte[] Write(BrokerException error) => write(error);
}
