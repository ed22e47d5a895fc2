namespace AotBroker.EndToEnd.Tests;

/// <summary>When a process holds a secret for as long as it takes.</summary>
internal enum Moment
{
    /// <summary>`get` that waits for the endpoint.</summary>
    Asks,

    /// <summary>`get` that waits for another process, which asks.</summary>
    Follows,

    /// <summary>`exec` that waits for the endpoint, and has not become its command.</summary>
    Begins,

    /// <summary>The companion of a command.</summary>
    Accompanies,

    /// <summary>`keep`.</summary>
    Keeps,
}

/// <summary>A process that is held at such a moment.</summary>
internal sealed class SecretHolder
{
    private readonly Sandbox _sandbox;
    private readonly LocalEndpoint _endpoint;
    private readonly BrokerProcess? _leader;
    private readonly BrokerProcess _started;
    private readonly string _end;

    private SecretHolder(Sandbox sandbox, LocalEndpoint endpoint, BrokerProcess? leader, BrokerProcess started, int id, string end)
    {
        (_sandbox, _endpoint, _leader, _started, Id, _end) = (sandbox, endpoint, leader, started, id, end);
    }

    /// <summary>Its process, or that of the one beside the command.</summary>
    public int Id { get; }

    /// <summary>Starts one, on a cold cache.</summary>
    /// <param name="sandbox">Its world.</param>
    /// <param name="endpoint">What it asks.</param>
    /// <param name="directory">An empty directory, for its cache and for what it publishes.</param>
    /// <param name="moment">When it is held.</param>
    /// <param name="wrap">From what is to be run to how: as whom, under what.</param>
    /// <param name="identify">The id of what runs in it, once it has said that it does.</param>
    public static async Task<SecretHolder> StartAsync(
        Sandbox sandbox, LocalEndpoint endpoint, string directory, Moment moment, Func<string[], Launch> wrap, Func<BrokerProcess, int> identify)
    {
        sandbox.Environment["AOTBROKER_CACHE_DIR"] = Path.Combine(directory, "cache");
        var end = Path.Combine(directory, "end");
        var isHeld = moment is Moment.Asks or Moment.Follows or Moment.Begins;
        if (isHeld)
        {
            endpoint.Faults.Add(Fault.Hold());
        }

        string[] get = [PublishedBinary.Path, "get", "--verbose"];
        var before = endpoint.Events.Presentations;
        var leader = moment == Moment.Follows ? sandbox.Start(wrap(get)) : null;
        if (leader is not null)
        {
            await leader.WaitForErrorAsync("presenting the identity token");
        }

        var (command, sign) = moment switch
        {
            Moment.Asks => (get, "presenting the identity token"),
            Moment.Follows => (get, "waiting for it"),
            Moment.Begins => ([PublishedBinary.Path, "exec", "--verbose", "--", "/bin/true"], "presenting the identity token"),
            Moment.Accompanies => ([PublishedBinary.Path, "exec", "--", "/bin/sh", "-c", "echo begun >&2; while [ ! -e \"$0\" ]; do sleep 0.05; done", end], "begun"),
            _ => ((string[])[PublishedBinary.Path, "keep", "--publish", Path.Combine(directory, "kept")], "ready: "),
        };
        var started = sandbox.Start(wrap(command) with { Redirections = moment == Moment.Keeps ? ">&2" : "" });
        await started.WaitForErrorAsync(sign);
        if (isHeld)
        {
            await endpoint.Events.WaitForAsync(_ => endpoint.Events.Presentations > before);
        }

        var id = identify(started);
        return new SecretHolder(sandbox, endpoint, leader, started, moment == Moment.Accompanies ? Companions.Of(id) : id, end);
    }

    /// <summary>Lets it go, and returns what had been started once everything has ended.</summary>
    public async Task<ProcessResult> EndAsync(bool isKept = false)
    {
        _endpoint.Faults.ReleaseHeld();
        await File.WriteAllTextAsync(_end, "");
        if (isKept)
        {
            Posix.Signal(Id, Posix.SignalTerminate);
        }

        if (_leader is not null)
        {
            await _leader.WaitAsync();
        }

        var result = await _started.WaitAsync();
        _sandbox.Environment.Remove("AOTBROKER_CACHE_DIR");
        return result;
    }
}
