namespace AotBroker.EndToEnd.Tests;

/// <summary>What a second process finds and does after a first one was killed.</summary>
internal sealed class Aftermath
{
    private readonly FirstProcess _first;
    private readonly Sandbox _sandbox;
    private readonly EventList _events;
    private readonly int _presented;
    private readonly bool _isRecorded;
    private readonly string? _stored;
    private readonly IReadOnlyList<string> _published;

    /// <summary>Looks at what the first has left. The endpoint has done with it.</summary>
    public Aftermath(FirstProcess first)
    {
        _first = first;
        _sandbox = first.Sandbox;
        _events = first.Endpoint.Events;
        _presented = _events.Presentations;
        _isRecorded = _sandbox.RecordFiles.Count > 0;
        _stored = StoredFiles.Credential(_sandbox);
        _published = StoredFiles.Published(_sandbox);
    }

    /// <summary>How many presentations were not the first one of their token.</summary>
    public static int Repeated(LocalEndpoint endpoint)
    {
        var presented = endpoint.Events.At(EndpointPaths.Token).Select(one => one.AssertionDigest).ToArray();
        return presented.Length - presented.Distinct().Count();
    }

    /// <summary>Checks it, and tells what a row of the table is to say.</summary>
    public async Task<string> CheckAsync()
    {
        Assert.InRange(_presented, 0, 1);
        // What was minted for this process alone is not recorded: no other one has it.
        Assert.True(_first.Source == Source.Mints ? !_isRecorded : _presented == 0 || _isRecorded, "a token was presented before that was recorded");
        Assert.True(_stored is null || _first.Endpoint.Grants.Find(_stored) is not null, "what is stored was never granted");

        var (token, outcome) = await SecondAsync();

        Assert.NotNull(_first.Endpoint.Grants.Find(token));
        Assert.Equal(_stored ?? token, token);

        // No lock is stale, and the entry holds what was served.
        var presentations = _events.Presentations;
        Assert.Equal(token, (await _sandbox.RunAsync("get", "--timeout", "1")).Succeeded().Line);
        Assert.Equal(presentations, _events.Presentations);
        Assert.Equal(token, StoredFiles.Credential(_sandbox));

        StoredFiles.RequireWhole(_sandbox);
        RequireSwept();
        Silence.Check(_sandbox);
        return outcome;
    }

    /// <summary>The second process, the credential that it gets, at last, and how.</summary>
    private async Task<(string Token, string Outcome)> SecondAsync()
    {
        var (result, token) = await _first.SecondAsync();
        if (_stored is not null)
        {
            result.Succeeded();
            Assert.Equal((_presented, 0), (_events.Presentations, Repeated(_first.Endpoint)));
            return (token!, Outcomes.Stored);
        }

        if (_first.Source == Source.Mints)
        {
            result.Succeeded();
            Assert.Equal((_presented + 1, 0), (_events.Presentations, Repeated(_first.Endpoint)));
            return (token!, Outcomes.Exchanged);
        }

        if (_presented == 0)
        {
            // What was recorded may have been sent: the broker cannot know that the endpoint never saw it.
            _ = _isRecorded ? result.SucceededWith("AB0707") : result.Succeeded();
            Assert.Equal(1, _events.Presentations);
            return (token!, _isRecorded ? Outcomes.Doubted : Outcomes.Exchanged);
        }

        // The token is spent, and what it gave is lost: the one further attempt, and what it says (invariant 1).
        result.Failed("AB0501", 5).Says("warning[AB0707]").Says("is presented a second time").Says("most likely it was spent then");
        Assert.Equal((2, 1), (_events.Presentations, Repeated(_first.Endpoint)));
        (await _sandbox.RunAsync("get")).Failed("AB0501", 5).Says("retries are held back");
        (await _sandbox.RunAsync("get", "--force-refresh")).Failed("AB0408", 4);
        Assert.Equal(2, _events.Presentations);

        _sandbox.NewIdentityFile(_first.Endpoint);
        (result, token) = await _first.SecondAsync();
        result.Succeeded();
        Assert.Equal((3, 1), (_events.Presentations, Repeated(_first.Endpoint)));
        return (token!, Outcomes.Lost);
    }

    /// <summary>What can come of it, in the order of how far the killed process had come.</summary>
    private static class Outcomes
    {
        public const string Exchanged = "a credential";
        public const string Doubted = "a credential with a warning that the token may be presented a second time (AB0707)";
        public const string Lost = "the one further attempt (AB0707), its refusal (AB0501), and a credential once the token is rotated";
        public const string Stored = "the credential that the killed process had stored";
    }

    /// <summary>How the outcomes of all runs are told.</summary>
    public static string Told(IEnumerable<string> outcomes)
    {
        string[] all = [Outcomes.Exchanged, Outcomes.Doubted, Outcomes.Lost, Outcomes.Stored];
        return string.Join("; or ", all.Intersect(outcomes));
    }

    /// <summary>Whoever writes sweeps.</summary>
    private void RequireSwept()
    {
        Assert.Empty(StoredFiles.Unfinished(_sandbox));
        Assert.All(_published, directory => Assert.False(Directory.Exists(directory), $"{directory} is still there"));
    }
}
