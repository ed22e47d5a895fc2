namespace LocalTokenEndpoint;

/// <summary>Everything that was asked of the endpoint, oldest first.</summary>
public sealed class EventList
{
    /// <summary>What has not come by then does not come: far more than anything takes.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly List<TokenEvent> _events = [];
    private readonly TimeProvider _clock;
    private TaskCompletionSource _changed = NewSignal();
    private long _lastSequence;

    internal EventList(TimeProvider clock) => _clock = clock;

    /// <summary>The events so far; the list does not change afterwards.</summary>
    public IReadOnlyList<TokenEvent> Snapshot()
    {
        lock (_lock)
        {
            return [.. _events];
        }
    }

    /// <summary>The events of one path; see <see cref="EndpointPaths"/>.</summary>
    public IReadOnlyList<TokenEvent> At(string path) => [.. Snapshot().Where(one => one.Path == path)];

    /// <summary>How many exchanges there were: requests to the token endpoint that were granted.</summary>
    public int GrantedExchanges => At(EndpointPaths.Token).Count(one => one.Outcome == Outcomes.Granted);

    /// <summary>How many identity tokens were presented for exchange, whatever came of it.</summary>
    public int Presentations => At(EndpointPaths.Token).Count(one => one.AssertionDigest is not null);

    /// <summary>How many refresh tokens were presented, whatever came of it.</summary>
    public int Refreshes => At(EndpointPaths.Token).Count(one => one.RefreshTokenDigest is not null);

    public void Clear()
    {
        lock (_lock)
        {
            _events.Clear();
        }
    }

    /// <summary>Waits until an event, past or to come, meets the condition: no test need wait for time.</summary>
    /// <exception cref="TimeoutException">For minutes, there has been no event at all.</exception>
    public async Task<TokenEvent> WaitForAsync(Func<TokenEvent, bool> condition, CancellationToken cancellation = default)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_events.Find(one => condition(one)) is { } found)
                {
                    return found;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(s_patience, cancellation).ConfigureAwait(false);
        }
    }

    internal void Add(TokenEvent one)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _events.Add(one with { Sequence = ++_lastSequence, Time = _clock.GetUtcNow() });
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
