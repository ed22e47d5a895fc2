namespace LocalTokenEndpoint;

/// <summary>What a fault's condition may look at.</summary>
/// <param name="Number">Counts the requests to this target, from 1.</param>
public sealed record FaultRequest(FaultTarget Target, int Number, string? UserAgent);

/// <summary>The faults still to come: for each request the first one that applies and is not used up.</summary>
public sealed class FaultPlan
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<FaultTarget, int> _requests = [];
    private TaskCompletionSource _release = NewGate();

    /// <summary>Applies a fault to the next requests of a target.</summary>
    /// <param name="times">How many requests; null for ever.</param>
    /// <param name="when">Which requests; all when null.</param>
    public void Add(FaultTarget target, Fault fault, int? times = 1, Func<FaultRequest, bool>? when = null)
    {
        ArgumentNullException.ThrowIfNull(fault);
        lock (_lock)
        {
            _entries.Add(new Entry { Target = target, Fault = fault, Left = times, When = when });
        }
    }

    /// <summary>Applies a fault to the token endpoint: <c>endpoint.Faults.Add(Fault.Status(503), times: 2)</c>.</summary>
    public void Add(Fault fault, int? times = 1, Func<FaultRequest, bool>? when = null) =>
        Add(FaultTarget.Token, fault, times, when);

    public void Clear()
    {
        lock (_lock)
        {
            _entries.Clear();
        }
    }

    /// <summary>Lets every answer go that has been held (<see cref="Fault.IsHeld"/>) so far.</summary>
    public void ReleaseHeld()
    {
        TaskCompletionSource gate;
        lock (_lock)
        {
            (gate, _release) = (_release, NewGate());
        }

        gate.SetResult();
    }

    /// <summary>Taken together with the fault, so that a release after the request's event is never missed.</summary>
    internal (Fault? Fault, Task Release) Take(FaultTarget target, string? userAgent)
    {
        lock (_lock)
        {
            var number = _requests[target] = _requests.GetValueOrDefault(target) + 1;
            var request = new FaultRequest(target, number, userAgent);
            var entry = _entries.Find(one => one.Target == target && one.Left is not 0 && one.When?.Invoke(request) != false);
            if (entry is not null)
            {
                entry.Left--;
            }

            return (entry?.Fault, _release.Task);
        }
    }

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Entry
    {
        public required FaultTarget Target { get; init; }

        public required Fault Fault { get; init; }

        public required int? Left { get; set; }

        public required Func<FaultRequest, bool>? When { get; init; }
    }
}
