using AotBroker.Settings;

namespace AotBroker.Profiles;

/// <summary>A person, whose tools have left an access token and a refresh token in a credentials file.</summary>
internal sealed record LoginProfile : ResolvedProfile
{
    /// <summary>The credentials file, an absolute path.</summary>
    public required string CredentialsFile { get; init; }

    /// <summary>The OAuth client. Without it nothing is refreshed, as in Anthropic's Go, Python and TypeScript SDKs.</summary>
    public required string? ClientId { get; init; }

    public required Setting Address { get; init; }

    /// <summary>For SDKs that run under `exec`; the token endpoint does not ask for it.</summary>
    public required Setting OrganizationId { get; init; }

    /// <summary>The same: SDKs name a login's workspace in every request to the API.</summary>
    public required Setting WorkspaceId { get; init; }

    public override Setting BaseUrl => Address;
}
