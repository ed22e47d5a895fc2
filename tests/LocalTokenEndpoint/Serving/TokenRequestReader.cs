using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LocalTokenEndpoint;

/// <summary>The request is not what the token endpoint takes; the message says why, as a real endpoint would.</summary>
internal sealed class InvalidTokenRequestException(string message) : Exception(message);

/// <summary>Reads the two requests of the token endpoint, and insists on their exact form.</summary>
internal static partial class TokenRequestReader
{
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    public const string Refresh = "refresh_token";
    private const string OAuthBeta = "oauth-2025-04-20";
    private const string FederationBeta = "oidc-federation-2026-04-01";

    /// <summary>A <see cref="FederationRequest"/> or a <see cref="RefreshRequest"/>.</summary>
    public static object Read(PresentedRequest request)
    {
        Require(
            MediaTypeHeaderValue.TryParse(request.Headers.ContentType.ToString(), out var type)
            && string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase),
            "Content-Type: must be application/json");
        var members = ReadMembers(request.Body);
        return members.GetValueOrDefault("grant_type") switch
        {
            null => throw new InvalidTokenRequestException("grant_type: field required"),
            JwtBearer => ReadFederation(request, members),
            Refresh => ReadRefresh(request, members),
            _ => throw new InvalidTokenRequestException("grant_type: not supported"),
        };
    }

    private static FederationRequest ReadFederation(PresentedRequest request, Dictionary<string, string> members)
    {
        RequireBetas(request, OAuthBeta, FederationBeta);
        RequireKnown(
            members, "grant_type", "assertion", "federation_rule_id", "organization_id", "service_account_id", "workspace_id");
        var result = new FederationRequest(
            Required(members, "assertion"),
            Required(members, "federation_rule_id"),
            Required(members, "organization_id"),
            members.GetValueOrDefault("service_account_id"),
            members.GetValueOrDefault("workspace_id"));
        RequireTag("federation_rule_id", result.RuleId, "fdrl_");
        Require(Guid.TryParseExact(result.OrganizationId, "D", out _), "organization_id: must be a UUID");
        RequireTag("service_account_id", result.ServiceAccountId, "svac_");
        if (result.WorkspaceId != "default")
        {
            RequireTag("workspace_id", result.WorkspaceId, "wrkspc_");
        }

        return result;
    }

    private static RefreshRequest ReadRefresh(PresentedRequest request, Dictionary<string, string> members)
    {
        RequireBetas(request, OAuthBeta);
        RequireKnown(members, "grant_type", "refresh_token", "client_id", "scope");
        return new RefreshRequest(Required(members, "refresh_token"));
    }

    private static Dictionary<string, string> ReadMembers(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            Require(document.RootElement.ValueKind == JsonValueKind.Object, "body: must be a JSON object");
            var members = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var member in document.RootElement.EnumerateObject())
            {
                Require(member.Value.ValueKind == JsonValueKind.String, $"{member.Name}: must be a string");
                var value = member.Value.GetString()!;
                Require(value.Length > 0, $"{member.Name}: must not be empty");
                members.Add(member.Name, value);
            }

            return members;
        }
        catch (JsonException)
        {
            throw new InvalidTokenRequestException("body: is not valid JSON");
        }
    }

    private static string Required(Dictionary<string, string> members, string name) =>
        members.GetValueOrDefault(name) ?? throw new InvalidTokenRequestException($"{name}: field required");

    private static void RequireKnown(Dictionary<string, string> members, params ReadOnlySpan<string> known)
    {
        foreach (var name in members.Keys)
        {
            Require(known.Contains(name), $"{name}: extra inputs are not permitted");
        }
    }

    private static void RequireBetas(PresentedRequest request, params ReadOnlySpan<string> wanted)
    {
        var given = request.ListHeader("anthropic-beta");
        foreach (var beta in wanted)
        {
            Require(given.Contains(beta), $"anthropic-beta: {beta} is required");
        }

        foreach (var beta in given)
        {
            Require(wanted.Contains(beta), $"anthropic-beta: unexpected value {beta}");
        }
    }

    private static void RequireTag(string name, string? value, string prefix) => Require(
        value is null || (value.StartsWith(prefix, StringComparison.Ordinal) && TagBody().IsMatch(value[prefix.Length..])),
        $"{name}: must be a tagged identifier that begins with {prefix}");

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new InvalidTokenRequestException(message);
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]+\z")]
    private static partial Regex TagBody();
}

/// <summary>A well-formed request of the refresh grant.</summary>
internal sealed record RefreshRequest(string RefreshToken);
