using System.Text.Json;
using System.Text.Json.Serialization;
using AotBroker.Errors;

namespace AotBroker.Http;

/// <summary>Anthropic's exchange (RFC 7523), in the order of members that its SDKs send.</summary>
internal sealed record TokenRequest(
    [property: JsonPropertyName("grant_type")] string GrantType,
    [property: JsonPropertyName("assertion")] string Assertion,
    [property: JsonPropertyName("federation_rule_id")] string FederationRuleId,
    [property: JsonPropertyName("organization_id")] string OrganizationId,
    [property: JsonPropertyName("service_account_id")] string? ServiceAccountId,
    [property: JsonPropertyName("workspace_id")] string? WorkspaceId);

/// <summary>Microsoft Entra's error. Source: the Microsoft identity platform's reference of errors.</summary>
internal sealed record EntraError([property: JsonPropertyName("error_codes")] long[]? ErrorCodes);

/// <summary>GitHub Actions' token service.</summary>
internal sealed record GitHubTokenAnswer([property: JsonPropertyName("value")] string? Value);

/// <summary>Buildkite's agent API. Without a lifetime, it is five minutes.</summary>
internal sealed record BuildkiteTokenRequest([property: JsonPropertyName("audience")] string Audience);

/// <summary>Its answer.</summary>
internal sealed record BuildkiteTokenAnswer([property: JsonPropertyName("token")] string? Token);

/// <summary>Azure Pipelines' token service.</summary>
internal sealed record AzurePipelinesTokenAnswer([property: JsonPropertyName("oidcToken")] string? OidcToken);

/// <summary>The request for a token to Fly and CircleCI.</summary>
internal sealed record AudienceClaim([property: JsonPropertyName("aud")] string Audience);

/// <summary>Azure's services for managed identities.</summary>
internal sealed record AzureTokenAnswer([property: JsonPropertyName("access_token")] string? AccessToken);

/// <summary>AWS credentials, as the container endpoint and the instance metadata service give them.</summary>
internal sealed record AwsCredentialsAnswer(
    [property: JsonPropertyName("AccessKeyId")] string? AccessKeyId,
    [property: JsonPropertyName("SecretAccessKey")] string? SecretAccessKey,
    [property: JsonPropertyName("Token")] string? Token,
    [property: JsonPropertyName("Code")] string? Code,
    [property: JsonPropertyName("Message")] string? Message);

/// <summary>The audience that PyPI, or another index, expects in an identity token.</summary>
internal sealed record PyPIAudienceAnswer([property: JsonPropertyName("audience")] string? Audience);

/// <summary>Google's request for a service account's access token.</summary>
internal sealed record GoogleAccessTokenRequest(
    [property: JsonPropertyName("scope")] string[] Scope,
    [property: JsonPropertyName("lifetime")] string? Lifetime);

/// <summary>Its answer.</summary>
internal sealed record GoogleAccessTokenAnswer(
    [property: JsonPropertyName("accessToken")] string? AccessToken,
    [property: JsonPropertyName("expireTime")] string? ExpireTime);

/// <summary>A login at Vault with a JWT.</summary>
internal sealed record VaultLoginRequest(
    [property: JsonPropertyName("role")] string? Role,
    [property: JsonPropertyName("jwt")] string Jwt);

/// <summary>Vault's answer to a login, or to the reading of a secret.</summary>
internal sealed record VaultAnswer(
    [property: JsonPropertyName("auth")] VaultAuth? Auth,
    [property: JsonPropertyName("lease_id")] string? LeaseId,
    [property: JsonPropertyName("lease_duration")] long LeaseDuration,
    [property: JsonPropertyName("data")] JsonElement Data);

/// <summary>The token that a login at Vault gave.</summary>
internal sealed record VaultAuth(
    [property: JsonPropertyName("client_token")] string? ClientToken,
    [property: JsonPropertyName("lease_duration")] long LeaseDuration,
    [property: JsonPropertyName("token_type")] string? TokenType,
    [property: JsonPropertyName("num_uses")] long NumberOfUses);

/// <summary>What Vault is asked to revoke.</summary>
internal sealed record VaultLease([property: JsonPropertyName("lease_id")] string LeaseId);

/// <summary>Other services' messages. SchemaGen generates ours.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(EntraError))]
[JsonSerializable(typeof(GitHubTokenAnswer))]
[JsonSerializable(typeof(BuildkiteTokenRequest))]
[JsonSerializable(typeof(BuildkiteTokenAnswer))]
[JsonSerializable(typeof(AzurePipelinesTokenAnswer))]
[JsonSerializable(typeof(AudienceClaim))]
[JsonSerializable(typeof(AzureTokenAnswer))]
[JsonSerializable(typeof(AwsCredentialsAnswer))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(PyPIAudienceAnswer))]
[JsonSerializable(typeof(GoogleAccessTokenRequest))]
[JsonSerializable(typeof(GoogleAccessTokenAnswer))]
[JsonSerializable(typeof(VaultLoginRequest))]
[JsonSerializable(typeof(VaultAnswer))]
[JsonSerializable(typeof(VaultLease))]
internal sealed partial class MessagesJsonContext : JsonSerializerContext;
