namespace LocalTokenEndpoint;

/// <summary>Which part of the endpoint misbehaves.</summary>
public enum FaultTarget
{
    /// <summary><c>POST /v1/oauth/token</c></summary>
    Token,

    /// <summary>GitHub's token request endpoint.</summary>
    GitHub,

    /// <summary><c>POST /v1/messages</c></summary>
    Messages,
}

public enum FaultKind
{
    /// <summary>The true answer, late.</summary>
    Delay,

    /// <summary>The true answer, when the test releases it: see <see cref="FaultPlan.ReleaseHeld"/>.</summary>
    Hold,
    Status,
    DropBeforeReading,
    DropAfterSpending,

    /// <summary>The request is read, and never answered.</summary>
    Hang,

    /// <summary>An answer that trickles in and never ends.</summary>
    Drip,

    /// <summary>An answer that pours in and never ends.</summary>
    Endless,
    Redirect,
    NotJson,
    HtmlBody,
    NullBody,
    OversizedAnswer,
    OmitExpiresIn,

    /// <summary><c>"expires_in":"600"</c>, which clients must take.</summary>
    ExpiresInAsString,

    /// <summary>A life other than the rule's, such as one that a test can wait for.</summary>
    ExpiresIn,
    WrongTokenType,

    /// <summary>A refresh that leaves the refresh token as it is, which clients must take.</summary>
    OmitRefreshToken,
    EchoAssertionInBody,
}

/// <summary>One way of misbehaving. Combine with <c>with</c>: <c>Fault.Status(503) with { SpendFirst = true }</c>.</summary>
public sealed record Fault
{
    public required FaultKind Kind { get; init; }

    /// <summary>
    /// Whether the request is processed as usual first, so that the assertion is spent although the client cannot know.
    /// Faults that stand for a refusal or an outage do not, faults that spoil a successful answer do.
    /// </summary>
    public bool SpendFirst { get; init; }

    /// <summary>Held back for this long, after spending and before answering. Real time, not the endpoint's.</summary>
    public TimeSpan Wait { get; init; }

    /// <summary>Held back until the test releases it, as <see cref="Hold"/> holds the true answer.</summary>
    public bool IsHeld { get; init; }

    public int StatusCode { get; init; } = 200;

    public string? Body { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>For <see cref="FaultKind.ExpiresIn"/>.</summary>
    public int Seconds { get; init; }

    /// <summary>For <see cref="FaultKind.EchoAssertionInBody"/>: in the error's own message, not in a member beside it.</summary>
    public bool InMessage { get; init; }

    public static Fault Delay(TimeSpan wait) => new() { Kind = FaultKind.Delay, Wait = wait, SpendFirst = true };

    public static Fault Hold() => new() { Kind = FaultKind.Hold, SpendFirst = true, IsHeld = true };

    /// <summary>An error; the body is Anthropic's error form for the status when none is given.</summary>
    public static Fault Status(int status, string? body = null, IReadOnlyDictionary<string, string>? headers = null) =>
        new()
        {
            Kind = FaultKind.Status,
            StatusCode = status,
            Body = body,
            Headers = headers ?? new Dictionary<string, string>(),
        };

    /// <summary>Cuts the connection without looking at the request: nothing is spent.</summary>
    public static Fault DropBeforeReading() => new() { Kind = FaultKind.DropBeforeReading };

    /// <summary>Processes the request, then cuts the connection without an answer.</summary>
    public static Fault DropAfterSpending() => new() { Kind = FaultKind.DropAfterSpending, SpendFirst = true };

    public static Fault Hang() => new() { Kind = FaultKind.Hang };

    public static Fault Drip() => new() { Kind = FaultKind.Drip, SpendFirst = true };

    public static Fault Endless() => new() { Kind = FaultKind.Endless, SpendFirst = true };

    /// <summary>Leads to a path of this endpoint, where an event tells whether anybody followed, unless told otherwise.</summary>
    public static Fault Redirect(string location = EndpointPaths.RedirectTarget, int status = 307) => new()
    {
        Kind = FaultKind.Redirect,
        StatusCode = status,
        Headers = new Dictionary<string, string> { ["Location"] = location },
    };

    public static Fault NotJson(string body = "this is not JSON") =>
        new() { Kind = FaultKind.NotJson, Body = body, SpendFirst = true };

    public static Fault HtmlBody(int status = 200) => new()
    {
        Kind = FaultKind.HtmlBody,
        StatusCode = status,
        Body = "<!doctype html><html><head><title>Sign in</title></head><body><h1>Sign in to the network</h1></body></html>",
        SpendFirst = true,
    };

    public static Fault NullBody() => new() { Kind = FaultKind.NullBody, Body = "null", SpendFirst = true };

    /// <summary>A correct answer with a further member of two mebibytes.</summary>
    public static Fault OversizedAnswer() => new() { Kind = FaultKind.OversizedAnswer, SpendFirst = true };

    public static Fault OmitExpiresIn() => new() { Kind = FaultKind.OmitExpiresIn, SpendFirst = true };

    public static Fault ExpiresInAsString() => new() { Kind = FaultKind.ExpiresInAsString, SpendFirst = true };

    public static Fault ExpiresIn(int seconds) => new() { Kind = FaultKind.ExpiresIn, SpendFirst = true, Seconds = seconds };

    public static Fault WrongTokenType(string type = "DPoP") =>
        new() { Kind = FaultKind.WrongTokenType, Body = type, SpendFirst = true };

    public static Fault OmitRefreshToken() => new() { Kind = FaultKind.OmitRefreshToken, SpendFirst = true };

    /// <summary>A refusal whose body repeats the assertion, for tests of redaction.</summary>
    public static Fault EchoAssertionInBody(bool inMessage = false, int status = 401) =>
        new() { Kind = FaultKind.EchoAssertionInBody, StatusCode = status, InMessage = inMessage };
}
