namespace LocalTokenEndpoint;

/// <summary>What became of a request.</summary>
public static class Outcomes
{
    /// <summary>The client was given what it asked for.</summary>
    public const string Granted = "granted";

    /// <summary>The request was refused, for <see cref="TokenEvent.Reason"/>.</summary>
    public const string Refused = "refused";

    /// <summary>A fault that a test had asked for took the place of the answer.</summary>
    public const string Fault = "fault";
}

/// <summary>One request, with what the endpoint knows of it. Recorded when it is decided, before any delay.</summary>
public sealed record TokenEvent
{
    /// <summary>Counts from 1, over all paths.</summary>
    public long Sequence { get; init; }

    /// <summary>By the endpoint's clock.</summary>
    public DateTimeOffset Time { get; init; }

    public required string Path { get; init; }

    /// <summary>One of <see cref="Outcomes"/>.</summary>
    public required string Outcome { get; init; }

    /// <summary>One of <see cref="Reasons"/>, the name of the fault when that took the answer's place, or null.</summary>
    public string? Reason { get; init; }

    /// <summary>The name of the fault that was applied, also when it left the answer intact.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether this request used up an assertion or a refresh token.</summary>
    public bool Spent { get; init; }

    public string? Jti { get; init; }

    public string? Rule { get; init; }

    public string? Workspace { get; init; }

    /// <summary>The status of the answer; null when there was to be none.</summary>
    public int? Status { get; init; }

    public string? RequestId { get; init; }

    /// <summary>For how long the answer was held back, in milliseconds.</summary>
    public int DelayMilliseconds { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>SHA-256 of the identity token that was presented or minted, as lower-case hexadecimal.</summary>
    public string? AssertionDigest { get; init; }

    /// <summary>The same of the refresh token that was presented.</summary>
    public string? RefreshTokenDigest { get; init; }

    /// <summary>The same of the access token that was granted or used.</summary>
    public string? AccessTokenDigest { get; init; }

    /// <summary>The granted life in seconds.</summary>
    public int? ExpiresIn { get; init; }
}
