using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Publishing;

/// <summary>A published credential that must be renewed before it expires.</summary>
internal sealed class KeptCredential
{
    private readonly Action<Credential> _publish;

    /// <param name="profile">What it is obtained for.</param>
    /// <param name="published">What is published now; of it, only the instants count.</param>
    /// <param name="publish">Puts a new one in its place.</param>
    public KeptCredential(ResolvedProfile profile, Credential published, Action<Credential> publish)
    {
        Profile = profile;
        Credential = published;
        _publish = publish;
        Schedule.Renewed(published);
    }

    public ResolvedProfile Profile { get; }

    public Credential Credential { get; private set; }

    public RefreshSchedule Schedule { get; } = new(Random.Shared.NextDouble);

    /// <summary>Whether the current run of failures has been reported.</summary>
    public bool FailureIsReported { get; set; }

    /// <summary>Whether its expiry has been reported.</summary>
    public bool EndIsReported { get; set; }

    public void Publish(Credential credential)
    {
        _publish(credential);
        Credential = credential;
        Schedule.Renewed(credential);
        FailureIsReported = EndIsReported = false;
    }
}
