using AotBroker.Errors;
using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>What became of the identity token that was presented.</summary>
internal enum Presentation
{
    /// <summary>It never left this process.</summary>
    NotSent,

    /// <summary>The endpoint says that it did not look at it, and that it may be presented again.</summary>
    Unjudged,

    /// <summary>The endpoint took it and gave a credential.</summary>
    Granted,

    /// <summary>The endpoint looked at it and said no; it counts as spent.</summary>
    Refused,

    /// <summary>It was sent, and no answer tells whether it was spent.</summary>
    Unknown,
}

/// <summary>How an exchange ended.</summary>
internal sealed record ExchangeResult(Presentation Presentation)
{
    public Credential? Credential { get; init; }

    /// <summary>Whether other processes may be served the credential: not if the service does not say how long it is good for.</summary>
    public bool IsCacheable { get; init; } = true;

    /// <summary>The next refresh token, also of an answer that cannot be used otherwise: the old one is spent.</summary>
    public Secret? RefreshToken { get; init; }

    public BrokerException? Error { get; init; }

    /// <summary>The failure may pass by itself, so another try makes sense if a token may be presented for it.</summary>
    public bool MayPass { get; init; }

    public int? Status { get; init; }

    public string? RequestId { get; init; }

    /// <summary>How long the endpoint asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
