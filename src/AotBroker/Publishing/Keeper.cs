using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Profiles;

namespace AotBroker.Publishing;

/// <summary>Keeps a published profile's credential fresh until it is told to end, or the process that it watches has ended.</summary>
internal sealed class Keeper(ResolvedProfile profile, PublishedProfile published, Broker broker, ProcessEnvironment environment, Reporter reporter, ProcessWatch watch)
{
    /// <summary>Clocks are set and machines sleep: the time is looked at this often, however far the renewal is.</summary>
    private const long LongestSleep = 30;

    private static readonly TimeSpan LongestRenewal = TimeSpan.FromSeconds(60);

    private readonly RefreshSchedule _schedule = new(Random.Shared.NextDouble);
    private volatile bool _isOver;
    private bool _failureIsTold;
    private bool _endIsTold;
    private Renewal? _renewal;

    /// <summary>Ends <see cref="Run"/>. May be called from any thread.</summary>
    public void End()
    {
        _isOver = true;
        watch.Wake();
    }

    private bool IsOver => _isOver || watch.HasEnded;

    /// <summary>Returns when it is over. A renewal that is under way then is <see cref="LetFinish"/>'s.</summary>
    /// <param name="credential">What is published now; null where that cannot be told.</param>
    public void Run(Credential? credential)
    {
        if (credential is not null)
        {
            _schedule.Renewed(credential);
        }
        while (!IsOver)
        {
            long pause = _schedule.Until(environment.Now);
            if (pause > 0)
            {
                watch.Wait(TimeSpan.FromSeconds(Math.Min(pause, LongestSleep)));
                continue;
            }
            if (Renew() is { } renewed)
            {
                credential = renewed;
            }
            else if (!IsOver)
            {
                TellOfEnd(credential);
            }
        }
    }

    /// <summary>
    /// Lets a renewal that has begun come to its end: its identity token may have left, and what it brings is in the cache
    /// for others. Nobody waits for it by now, so call it last.
    /// </summary>
    public void LetFinish() => _renewal?.Thread.Join(LongestRenewal);

    /// <summary>Renews, in a thread of its own: this one keeps looking at the process that it watches.</summary>
    private Credential? Renew()
    {
        Renewal renewal = new(() => broker.Obtain(profile, new Freshness { MinimumLife = _schedule.RenewBelow, Patient = true }, LongestRenewal), watch);
        _renewal = renewal;
        while (!renewal.IsDone)
        {
            watch.Wait(LongestRenewal);
            if (IsOver)
            {
                return null;
            }
        }
        _renewal = null;
        return renewal.Credential is { } credential && Publish(credential) ? credential : Failed(renewal.Error);
    }

    private bool Publish(Credential credential)
    {
        try
        {
            published.Publish(profile, credential, environment);
        }
        catch (BrokerException error)
        {
            Failed(error);
            return false;
        }
        _schedule.Renewed(credential);
        _failureIsTold = _endIsTold = false;
        return true;
    }

    /// <summary>Tells the first failure of a row.</summary>
    private Credential? Failed(BrokerException? error)
    {
        if (error is null)
        {
            return null;
        }
        _schedule.Failed(environment.Now);
        if (!_failureIsTold)
        {
            _failureIsTold = true;
            reporter.Warning(error.Code, $"profile \"{profile.Name}\" could not be renewed, and is tried again: {error.Message}", error.Hints);
        }
        return null;
    }

    /// <summary>Tells, once, that what is published is over.</summary>
    private void TellOfEnd(Credential? credential)
    {
        if (_endIsTold || credential is null || new Freshness().Tolerates(credential, environment.Now))
        {
            return;
        }
        _endIsTold = true;
        string state = credential.RemainingAt(environment.Now) > 0 ? "is about to expire" : "has expired";
        reporter.Error(
            ErrorCode.PublishedExpired,
            $"profile \"{profile.Name}\": the published credential {state}, and could not be renewed",
            ["what went wrong was told before; it is tried again every half a minute"]);
    }

    /// <summary>One call for a credential, in a thread of its own.</summary>
    private sealed class Renewal
    {
        private volatile bool _isDone;

        public Renewal(Func<Credential> obtain, ProcessWatch watch)
        {
            Thread = new Thread(() =>
            {
                try
                {
                    Credential = obtain();
                }
                catch (BrokerException error)
                {
                    Error = error;
                }
                catch (Exception error)
                {
                    // Its text is not ours, so it is not shown.
                    Error = new BrokerException(ErrorCode.Internal, $"an error that should not happen: {error.GetType().Name}");
                }
                _isDone = true;
                watch.Wake();
            })
            { IsBackground = true };
            Thread.Start();
        }

        public Thread Thread { get; }

        public bool IsDone => _isDone;

        public Credential? Credential { get; private set; }

        public BrokerException? Error { get; private set; }
    }
}
