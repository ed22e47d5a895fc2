using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>A source whose token is at hand. What the token says is whose it is, wherever it lies.</summary>
internal abstract class HeldTokenSource : IIdentitySource
{
    public abstract IdentitySettings Settings { get; }

    public abstract string Description { get; }

    public abstract TokenSupply Supply { get; }

    public virtual bool IsFile => false;

    public bool IsHeld => true;

    /// <summary>What is there, whether it is a JWT or not.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityUnreadable"/>, <see cref="ErrorCode.IdentityEmpty"/>.</exception>
    public abstract string ReadText();

    public void AddToKey(KeyText key, string? audience) => IdentityToken.AddWorkload(key, ReadText(), Description);

    public virtual bool TryAddJobToKey(KeyText key) => false;

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline) => GetToken(deadline);

    public virtual IdentityToken GetToken(Deadline deadline) => IdentityToken.Parse(ReadText(), Description);

    public virtual long? RotatesAt(IdentityToken token) => null;
}
