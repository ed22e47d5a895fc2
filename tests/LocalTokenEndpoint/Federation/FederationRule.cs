namespace LocalTokenEndpoint;

/// <summary>Which of the issuer's tokens are exchanged, and for what.</summary>
public sealed record FederationRule
{
    public string Id { get; init; } = RandomNames.Tagged("fdrl");

    public string OrganizationId { get; init; } = Guid.NewGuid().ToString();

    public string ServiceAccountId { get; init; } = RandomNames.Tagged("svac");

    public string Audience { get; init; } = LocalEndpointOptions.DefaultAudience;

    public string SubjectPrefix { get; init; } = "";

    /// <summary>Claims that the token must carry with exactly these values.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>();

    /// <summary>Seconds, 60 to 86,400.</summary>
    public int TokenLifetimeSeconds { get; init; } = 3600;

    /// <summary>
    /// The workspaces that the rule spans: with several, the caller must name one. <c>default</c> may be among them;
    /// an empty list means the organisation's default workspace alone.
    /// </summary>
    public IReadOnlyList<string> Workspaces { get; init; } = [RandomNames.Tagged("wrkspc")];

    /// <summary>Whether a <c>jti</c> may be presented only once.</summary>
    public bool CheckJti { get; init; } = true;

    /// <summary>Told in the answer, and shown by clients; decides nothing here.</summary>
    public string Scope { get; init; } = "workspace:developer";
}
