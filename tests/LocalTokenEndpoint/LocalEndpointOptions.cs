namespace LocalTokenEndpoint;

/// <summary>How an endpoint shall be. The defaults serve HTTP and HTTPS on two free ports, with one rule.</summary>
public sealed record LocalEndpointOptions
{
    public const string DefaultAudience = "https://api.anthropic.com";

    public const string DefaultSubjectPrefix = "repo:example-org/example-repo:";

    public const string DefaultSubject = DefaultSubjectPrefix + "ref:refs/heads/main";

    /// <summary>The port for HTTP; 0 for any free one, null for none.</summary>
    public int? HttpPort { get; init; } = 0;

    /// <summary>The port for HTTPS; 0 for any free one, null for none.</summary>
    public int? HttpsPort { get; init; } = 0;

    /// <summary>Names that the certificate covers, besides <c>localhost</c> and the loopback addresses.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The <c>iss</c> of identity tokens; the HTTPS address when null, or HTTP's where there is no other.</summary>
    public string? Issuer { get; init; }

    /// <summary>The <c>sub</c> of identity tokens for which none is named.</summary>
    public string Subject { get; init; } = DefaultSubject;

    /// <summary>The first rule; one that accepts the repository of <see cref="DefaultSubject"/> when null.</summary>
    public FederationRule? Rule { get; init; }

    /// <summary>The longest life of an identity token that is accepted.</summary>
    public TimeSpan MaximumAssertionLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the token endpoint holds every answer back, after the assertion is spent.</summary>
    public TimeSpan AnswerDelay { get; init; }
}
