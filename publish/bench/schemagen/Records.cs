using System.Text.Json;
using System.Text.Json.Serialization;

namespace AotBroker.Bench;

// The records that SchemaGen emits for the project's schemas, written by hand: the serializer's generator does not see what
// other generators emit. They check nothing, and drop members that they do not know.

[JsonConverter(typeof(SecretTextConverter))]
internal sealed class SecretText(string value)
{
    public string Reveal() => value;
}

internal sealed class SecretTextConverter : JsonConverter<SecretText>
{
    public override SecretText Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, SecretText value, JsonSerializerOptions options) => writer.WriteStringValue(value.Reveal());
}

internal sealed record CredentialRecord
{
    public required int Version { get; init; }

    public required string Key { get; init; }

    public required string Profile { get; init; }

    public SecretText? AccessToken { get; init; }

    public string? TokenType { get; init; }

    public AwsKeysRecord? Aws { get; init; }

    public Dictionary<string, SecretText>? Fields { get; init; }

    public SecretText? LeaseId { get; init; }

    public SecretText? RevocationToken { get; init; }

    public required long IssuedAt { get; init; }

    public required long ExpiresAt { get; init; }

    public string? Scope { get; init; }

    public string? RequestId { get; init; }

    public string? IdentityDigest { get; init; }

    public long? ProcessId { get; init; }
}

internal sealed record AwsKeysRecord
{
    public required string AccessKeyId { get; init; }

    public required SecretText SecretAccessKey { get; init; }

    public required SecretText SessionToken { get; init; }

    public string? AccountId { get; init; }
}

internal sealed record PresentedTokenRecord
{
    public required int Version { get; init; }

    public required string Digest { get; init; }

    public required string Endpoint { get; init; }

    public required string Entry { get; init; }

    public required string Profile { get; init; }

    public required long PresentedAt { get; init; }

    public required long ExpiresAt { get; init; }

    public required long ProcessId { get; init; }

    public required OutcomeRecord Outcome { get; init; }

    public long? Status { get; init; }

    public string? RequestId { get; init; }
}

internal enum OutcomeRecord
{
    [JsonStringEnumMemberName("pending")]
    Pending,

    [JsonStringEnumMemberName("granted")]
    Granted,

    [JsonStringEnumMemberName("refused")]
    Refused,

    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

internal sealed record RefusalRecord
{
    public required int Version { get; init; }

    public required string Key { get; init; }

    public required long RefusedAt { get; init; }

    public required long Until { get; init; }

    public required long Code { get; init; }

    public required string Message { get; init; }

    public string[]? Hints { get; init; }

    public string? IdentityDigest { get; init; }

    public long? ProcessId { get; init; }
}

internal sealed record ProfileRecord
{
    [JsonPropertyName("$schema")]
    public string? Schema { get; init; }

    public int? Version { get; init; }

    public IdentityRecord? Identity { get; init; }

    public required ExchangeRecord Exchange { get; init; }
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "source")]
[JsonDerivedType(typeof(AutoIdentityRecord), "auto")]
[JsonDerivedType(typeof(FileIdentityRecord), "file")]
[JsonDerivedType(typeof(LiteralIdentityRecord), "literal")]
[JsonDerivedType(typeof(GitHubActionsIdentityRecord), "github-actions")]
internal abstract record IdentityRecord;

internal sealed record AutoIdentityRecord : IdentityRecord
{
    public string? Audience { get; init; }
}

internal sealed record FileIdentityRecord : IdentityRecord
{
    public required string Path { get; init; }
}

internal sealed record LiteralIdentityRecord : IdentityRecord
{
    public string Variable { get; init; } = "ANTHROPIC_IDENTITY_TOKEN";
}

internal sealed record GitHubActionsIdentityRecord : IdentityRecord
{
    public string? Audience { get; init; }
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(AnthropicExchangeRecord), "anthropic")]
internal abstract record ExchangeRecord;

internal sealed record AnthropicExchangeRecord : ExchangeRecord
{
    public string? FederationRuleId { get; init; }

    public string? OrganizationId { get; init; }

    public string? ServiceAccountId { get; init; }

    public string? WorkspaceId { get; init; }

    public string? BaseUrl { get; init; }
}

internal sealed record AnthropicProfileRecord
{
    public string? Version { get; init; }

    public required AuthenticationRecord Authentication { get; init; }

    public string? BaseUrl { get; init; }

    public string? OrganizationId { get; init; }

    public string? WorkspaceId { get; init; }
}

[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(OidcFederationRecord), "oidc_federation")]
[JsonDerivedType(typeof(UserOAuthRecord), "user_oauth")]
internal abstract record AuthenticationRecord;

internal sealed record OidcFederationRecord : AuthenticationRecord
{
    public string? CredentialsPath { get; init; }

    public string? FederationRuleId { get; init; }

    public string? ServiceAccountId { get; init; }

    public IdentityTokenFileRecord? IdentityToken { get; init; }

    public string? Scope { get; init; }
}

internal sealed record IdentityTokenFileRecord
{
    public required string Source { get; init; }

    public required string Path { get; init; }
}

internal sealed record UserOAuthRecord : AuthenticationRecord
{
    public string? CredentialsPath { get; init; }

    public string? ClientId { get; init; }

    public string? Scope { get; init; }

    public string? ConsoleUrl { get; init; }
}

internal sealed record AnthropicCredentialsRecord
{
    public string? Version { get; init; }

    public required string Type { get; init; }

    public required SecretText AccessToken { get; init; }

    public long? ExpiresAt { get; init; }

    public SecretText? RefreshToken { get; init; }

    public string? Scope { get; init; }

    public string? OrganizationUuid { get; init; }

    public string? OrganizationName { get; init; }

    public string? AccountEmail { get; init; }

    public string? WorkspaceId { get; init; }

    public string? WorkspaceName { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(CredentialRecord))]
[JsonSerializable(typeof(PresentedTokenRecord))]
[JsonSerializable(typeof(RefusalRecord))]
[JsonSerializable(typeof(ProfileRecord))]
[JsonSerializable(typeof(AnthropicProfileRecord))]
[JsonSerializable(typeof(AnthropicCredentialsRecord))]
internal sealed partial class Records : JsonSerializerContext;
