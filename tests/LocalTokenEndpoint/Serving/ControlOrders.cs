using System.Text.Json;

namespace LocalTokenEndpoint;

/// <summary>The body of <c>POST /mint</c>: a <see cref="TokenRequest"/> with times in seconds. Empty: the default.</summary>
internal sealed record MintOrder
{
    public string? Issuer { get; init; }

    public string? Subject { get; init; }

    public string? Audience { get; init; }

    public int LifetimeSeconds { get; init; } = 300;

    /// <summary>As the JOSE header writes it: <c>RS256</c>, <c>none</c>.</summary>
    public string Algorithm { get; init; } = "RS256";

    /// <summary>Absent or <c>auto</c>: a new one. Null: none.</summary>
    public string? JwtId { get; init; } = TokenRequest.AutomaticJwtId;

    public int IssuedAtOffsetSeconds { get; init; }

    public int? NotBeforeOffsetSeconds { get; init; }

    public int? ExpiresAtOffsetSeconds { get; init; }

    public Dictionary<string, JsonElement> Claims { get; init; } = [];

    public string[] OmittedClaims { get; init; } = [];

    public KeyIdChoice KeyId { get; init; }

    public bool TamperSignature { get; init; }

    public TokenRequest ToRequest() => new()
    {
        Issuer = Issuer,
        Subject = Subject,
        Audience = Audience,
        Lifetime = TimeSpan.FromSeconds(LifetimeSeconds),
        Algorithm = Enum.Parse<SigningAlgorithm>(Algorithm, ignoreCase: true),
        JwtId = JwtId,
        IssuedAtOffset = TimeSpan.FromSeconds(IssuedAtOffsetSeconds),
        NotBeforeOffset = Seconds(NotBeforeOffsetSeconds),
        ExpiresAtOffset = Seconds(ExpiresAtOffsetSeconds),
        Claims = Claims.ToDictionary(claim => claim.Key, claim => (object?)claim.Value),
        OmittedClaims = OmittedClaims,
        KeyId = KeyId,
        TamperSignature = TamperSignature,
    };

    private static TimeSpan? Seconds(int? count) => count is { } some ? TimeSpan.FromSeconds(some) : null;
}

/// <summary>The body of <c>POST /faults</c>. What is absent is as the factory in <see cref="Fault"/> has it.</summary>
internal sealed record FaultOrder
{
    public FaultTarget Target { get; init; } = FaultTarget.Token;

    public FaultKind Kind { get; init; }

    /// <summary>How many requests; null for ever.</summary>
    public int? Times { get; init; } = 1;

    public bool? SpendFirst { get; init; }

    public int DelayMilliseconds { get; init; }

    public int? Status { get; init; }

    public string? Body { get; init; }

    public Dictionary<string, string>? Headers { get; init; }

    public string? Location { get; init; }

    public bool InMessage { get; init; }

    public int? Seconds { get; init; }

    public Fault ToFault()
    {
        var fault = Kind switch
        {
            FaultKind.Delay => Fault.Delay(TimeSpan.Zero),
            FaultKind.Hold => Fault.Hold(),
            FaultKind.Status => Fault.Status(Status ?? 500),
            FaultKind.DropBeforeReading => Fault.DropBeforeReading(),
            FaultKind.DropAfterSpending => Fault.DropAfterSpending(),
            FaultKind.Hang => Fault.Hang(),
            FaultKind.Drip => Fault.Drip(),
            FaultKind.Endless => Fault.Endless(),
            FaultKind.Redirect => Fault.Redirect(Location ?? EndpointPaths.RedirectTarget),
            FaultKind.NotJson => Fault.NotJson(),
            FaultKind.HtmlBody => Fault.HtmlBody(),
            FaultKind.NullBody => Fault.NullBody(),
            FaultKind.OversizedAnswer => Fault.OversizedAnswer(),
            FaultKind.OmitExpiresIn => Fault.OmitExpiresIn(),
            FaultKind.ExpiresInAsString => Fault.ExpiresInAsString(),
            FaultKind.ExpiresIn => Fault.ExpiresIn(Seconds ?? 60),
            FaultKind.WrongTokenType => Fault.WrongTokenType(),
            FaultKind.OmitRefreshToken => Fault.OmitRefreshToken(),
            FaultKind.EchoAssertionInBody => Fault.EchoAssertionInBody(InMessage),
            _ => throw new ArgumentException($"no such fault: {Kind}"),
        };
        return fault with
        {
            SpendFirst = SpendFirst ?? fault.SpendFirst,
            Wait = TimeSpan.FromMilliseconds(DelayMilliseconds),
            StatusCode = Status ?? fault.StatusCode,
            Body = Body ?? fault.Body,
            Headers = Headers ?? fault.Headers,
        };
    }
}
