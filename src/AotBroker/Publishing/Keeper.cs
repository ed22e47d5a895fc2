using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Interop;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Publishing;

/// <summary>Keeps published credentials fresh until it is stopped, or until the process that it watches has ended.</summary>
internal sealed class Keeper(IReadOnlyList<KeptCredential> kept, Broker broker, ProcessEnvironment environment, Reporter reporter, ProcessWatch watch)
{
    /// <summary>Clocks are changed and machines sleep, so the time is checked this often, however far off the renewal is.</summary>
    private const long LongestSleep = 30;

    private static readonly TimeSpan LongestRenewal = TimeSpan.FromSeconds(60);

    private volatile bool _isOver;
    private Renewal? _renewal;

    /// <summary>Ends <see cref="Run"/>. May be called from any thread.</summary>
    public void End()
    {
        _isOver = true;
        watch.Wake();
    }

    private bool IsOver => _isOver || watch.HasEnded;

    /// <summary>Returns when it is over. <see cref="LetFinish"/> waits for a renewal that is still running.</summary>
    public void Run()
    {
        while (!IsOver)
        {
            KeptCredential? due = MostUrgent(out long pause);
            if (due is null || pause > 0)
            {
                watch.Wait(TimeSpan.FromSeconds(Math.Min(pause, LongestSleep)));
            }
            else if (!Renew(due) && !IsOver)
            {
                TellOfEnd(due);
            }
        }
    }

    /// <summary>
    /// Lets a renewal that has begun finish: its identity token may have been sent, and its result is in the cache
    /// for others. Nothing waits for it by now, so call this last.
    /// </summary>
    public void LetFinish() => _renewal?.Thread.Join(LongestRenewal);

    /// <summary>The credential to renew first, and the seconds until then.</summary>
    private KeptCredential? MostUrgent(out long pause)
    {
        KeptCredential? first = null;
        pause = LongestSleep;
        foreach (KeptCredential one in kept)
        {
            long until = one.Schedule.Until(environment.Now);
            if (first is null || until < pause)
            {
                (first, pause) = (one, until);
            }
        }
        return first;
    }

    /// <summary>Renews, in a thread of its own: this one keeps looking at the process that it watches.</summary>
    private bool Renew(KeptCredential due)
    {
        Renewal renewal = new(() => broker.Obtain(due.Profile, new Freshness { MinimumLife = due.Schedule.RenewBelow, Patient = true }, LongestRenewal), watch);
        _renewal = renewal;
        while (!renewal.IsDone)
        {
            watch.Wait(LongestRenewal);
            if (IsOver)
            {
                return false;
            }
        }
        _renewal = null;
        if (renewal.Credential is not { } credential)
        {
            Failed(due, renewal.Error!);
            return false;
        }
        try
        {
            due.Publish(credential);
            return true;
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            Failed(due, PrivateDirectory.Failed(error));
        }
        catch (BrokerException error)
        {
            Failed(due, error);
        }
        return false;
    }

    /// <summary>Reports the first failure in a row.</summary>
    private void Failed(KeptCredential due, BrokerException error)
    {
        due.Schedule.Failed(environment.Now);
        if (!due.FailureIsReported)
        {
            due.FailureIsReported = true;
            reporter.Warning(error.Code, $"profile \"{due.Profile.Name}\" could not be renewed; it will be tried again: {error.Message}", error.Hints);
        }
    }

    /// <summary>Reports, once, that the published credential has expired or is about to.</summary>
    private void TellOfEnd(KeptCredential due)
    {
        if (due.EndIsReported || new Freshness().Tolerates(due.Credential, environment.Now))
        {
            return;
        }
        due.EndIsReported = true;
        string state = due.Credential.RemainingAt(environment.Now) > 0 ? "is about to expire" : "has expired";
        reporter.Error(
            ErrorCode.PublishedExpired,
            $"profile \"{due.Profile.Name}\": the published credential {state}, and could not be renewed",
            ["the reason was reported before; the renewal is tried again every half minute"]);
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
