using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>What a job's environment or profile says: the endpoint, the rule, and where the identity comes from.</summary>
internal static class Configured
{
    /// <summary>A new identity token, in the file that processes read.</summary>
    public static string NewIdentityFile(this Sandbox sandbox, LocalEndpoint endpoint, TokenRequest? request = null, string name = "identity/token") =>
        sandbox.WriteIdentity(endpoint.Issuer.Mint(request), name);

    /// <summary>The rule, and a file with a new identity token.</summary>
    public static void UseFederationVariables(this Sandbox sandbox, LocalEndpoint endpoint)
    {
        sandbox.UseRuleVariables(endpoint);
        sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = sandbox.NewIdentityFile(endpoint);
    }

    /// <summary>The rule, and GitHub's token service, which mints a token for each exchange.</summary>
    public static void UseGitHubVariables(this Sandbox sandbox, LocalEndpoint endpoint)
    {
        sandbox.UseRuleVariables(endpoint);
        sandbox.Environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = endpoint.GitHubRequestUrl;
        sandbox.Environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = endpoint.GitHubRequestToken;
        sandbox.AddSecret(endpoint.GitHubRequestToken);
    }

    /// <summary>A profile of the broker's own with this identity; a new file's where none is given.</summary>
    public static JsonObject NewProfile(this Sandbox sandbox, LocalEndpoint endpoint, JsonObject? identity = null) => new()
    {
        ["identity"] = identity ?? new JsonObject { ["source"] = "file", ["path"] = sandbox.NewIdentityFile(endpoint) },
        ["exchange"] = new JsonObject
        {
            ["type"] = "anthropic",
            ["federation_rule_id"] = endpoint.Rule.Id,
            ["organization_id"] = endpoint.Rule.OrganizationId,
            ["base_url"] = endpoint.Url,
        },
    };

    /// <summary>The rule, without an identity.</summary>
    public static void UseRuleVariables(this Sandbox sandbox, LocalEndpoint endpoint)
    {
        sandbox.Environment["ANTHROPIC_BASE_URL"] = endpoint.Url;
        sandbox.Environment["ANTHROPIC_FEDERATION_RULE_ID"] = endpoint.Rule.Id;
        sandbox.Environment["ANTHROPIC_ORGANIZATION_ID"] = endpoint.Rule.OrganizationId;
    }
}
