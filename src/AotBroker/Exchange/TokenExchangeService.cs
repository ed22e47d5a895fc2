using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>
/// What a service wants of a token exchange beyond RFC 8693: a preset of the profile. What a profile says wins. Sources:
/// docker/login-action 4.6 (dockerhub.ts), jfrog/setup-jfrog-cli and JFrog's REST reference, Databricks' documentation of
/// OAuth token federation, OpenAI's reference and its TypeScript SDK.
/// </summary>
internal sealed record TokenExchangeService
{
    private const string Jwt = "urn:ietf:params:oauth:token-type:jwt";
    private const string IdToken = "urn:ietf:params:oauth:token-type:id_token";

    /// <summary>A field that the service needs.</summary>
    /// <param name="Name">The field.</param>
    /// <param name="Variable">The variable that the service's own clients read it from; null where there is none.</param>
    /// <param name="Default">What its own clients send by default; null if there is no default.</param>
    private readonly record struct Field(string Name, string? Variable = null, string? Default = null);

    /// <summary>As a profile names it; null for RFC 8693 alone.</summary>
    private string? Name { get; init; }

    /// <summary>The service's one address; null where every customer has an own one.</summary>
    private string? Address { get; init; }

    /// <summary>The variable that holds a customer's address.</summary>
    private string? AddressVariable { get; init; }

    /// <summary>The token endpoint's path, for an address that has none.</summary>
    private string? Path { get; init; }

    /// <summary>How the paths of its pages begin; all do where it is <c>/</c>.</summary>
    private IReadOnlyList<string> Pages { get; init; } = [];

    private IReadOnlyList<Field> Fields { get; init; } = [];

    public string SubjectTokenType { get; private init; } = Jwt;

    public string? Scope { get; private init; }

    public string? ClientIdVariable { get; private init; }

    public TokenExchangeEncoding Encoding { get; private init; } = TokenExchangeEncoding.Form;

    /// <summary>The audience that an identity token for it has; null where that is agreed upon with the service.</summary>
    public string? IdentityAudience { get; private init; }

    public IReadOnlyList<string>? Hosts { get; private init; }

    /// <summary>The credential is for the host that gives it.</summary>
    public bool IsHostOfAddress { get; private init; }

    public string RuleHint { get; private init; } = "compare with what the service trusts";

    public static TokenExchangeService Of(TokenExchangePreset? preset) => preset switch
    {
        TokenExchangePreset.DockerHub => new()
        {
            Name = "docker-hub",
            Address = "https://identity.docker.com/oauth/token",
            SubjectTokenType = IdToken,
            Fields = [new("connection_id", "DOCKERHUB_OIDC_CONNECTIONID"), new("expires_in", "DOCKERHUB_OIDC_EXPIREIN", "300")],
            IdentityAudience = "https://identity.docker.com",
            Hosts = ["index.docker.io", "docker.io", "registry-1.docker.io", "dhi.io"],
            RuleHint = "compare with the connection's rulesets, in Docker Home under OIDC connections",
        },
        TokenExchangePreset.Jfrog => new()
        {
            Name = "jfrog",
            AddressVariable = "JF_URL",
            Path = "/access/api/v1/oidc/token",
            Pages = ["/ui", "/artifactory", "/access", "/xray"],
            SubjectTokenType = IdToken,
            Fields = [new("provider_name")],
            Encoding = TokenExchangeEncoding.Json,
            IsHostOfAddress = true,
            RuleHint = "compare with the provider and its identity mappings, under Administration, OpenID Connect",
        },
        TokenExchangePreset.Databricks => new()
        {
            Name = "databricks",
            AddressVariable = "DATABRICKS_HOST",
            Path = "/oidc/v1/token",
            Pages = ["/"],
            Scope = "all-apis",
            ClientIdVariable = "DATABRICKS_CLIENT_ID",
            IsHostOfAddress = true,
            RuleHint = "compare with the federation policy; one of a service principal needs client_id, its application id",
        },
        TokenExchangePreset.Openai => new()
        {
            Name = "openai",
            Address = "https://auth.openai.com/oauth/token",
            Fields = [new("identity_provider_id"), new("service_account_id")],
            Encoding = TokenExchangeEncoding.Json,
            Hosts = ["api.openai.com"],
            RuleHint = "compare with the provider and its mappings, in the organization's settings under Workload Identity Provider",
        },
        _ => new(),
    };

    /// <summary>Where the exchange is: what the profile says, completed.</summary>
    public Setting AddressOf(string? url, string file, ProcessEnvironment environment)
    {
        Setting setting = AddressVariable is { } variable ? Setting.Fill(url, file, variable, environment)
            : !string.IsNullOrEmpty(url) ? new Setting(url, file)
            : new Setting(Address, $"the preset {Name}");
        return setting.Value is { } value && Path is not null ? setting with { Value = Completed(value.Trim()) } : setting;
    }

    /// <summary>
    /// The token endpoint of a service whose customers know it by its host, or by what the address bar of a browser holds: with
    /// or without https, with a page's path or a query. A path that ends in <c>/token</c> is the endpoint itself.
    /// </summary>
    private string Completed(string value)
    {
        int separator = value.IndexOf("://", StringComparison.Ordinal);
        string scheme = separator < 0 ? "https" : value[..separator].ToLowerInvariant();
        string rest = separator < 0 ? value : value[(separator + 3)..];
        int end = rest.AsSpan().IndexOfAny("/?#");
        string host = (end < 0 ? rest : rest[..end]).ToLowerInvariant();
        string place = end < 0 ? "" : rest[end..];
        int pathEnd = place.AsSpan().IndexOfAny("?#");
        string path = (pathEnd < 0 ? place : place[..pathEnd]).TrimEnd('/');
        return path.EndsWith("/token", StringComparison.Ordinal) ? $"{scheme}://{host}{place}" : $"{scheme}://{host}{Base(path)}{Path}";
    }

    /// <summary>What of a path stands before the service's own paths, as where it is behind a proxy with others: no page of it.</summary>
    private string Base(string path)
    {
        foreach (string page in Pages)
        {
            int at = path.IndexOf(page, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && (page == "/" || at + page.Length == path.Length || path[at + page.Length] == '/'))
            {
                return path[..at];
            }
        }
        return path;
    }

    /// <summary>The profile's fields, their gaps filled.</summary>
    public SchemaMap<string>? Fill(SchemaMap<string>? given, ProcessEnvironment environment)
    {
        List<KeyValuePair<string, string>> fields = [.. ExtraFields.Of(given)];
        foreach (Field field in Fields)
        {
            string? value = (field.Variable is { } variable ? environment.Get(variable) : null) ?? field.Default;
            if (value is not null && given?.ContainsKey(field.Name) != true)
            {
                fields.Add(new(field.Name, value));
            }
        }
        return fields.Count == 0 ? null : new SchemaMap<string>(fields);
    }

    /// <exception cref="BrokerException"><see cref="ErrorCode.ProfileIncomplete"/>.</exception>
    public void RequireComplete(TokenExchange settings, string profile, string? file, SchemaProblems warnings)
    {
        if (settings.Url is null)
        {
            throw Missing("url", AddressVariable, "");
        }
        foreach (Field field in Fields)
        {
            if (settings.Fields?.ContainsKey(field.Name) != true)
            {
                throw Missing(field.Name, field.Variable, " in \"fields\"");
            }
        }

        BrokerException Missing(string member, string? variable, string where)
        {
            List<string> hints = [$"set {member}{where}, in {file}{(variable is null ? "" : $", or set {variable}")}"];
            foreach (SchemaProblem problem in warnings)
            {
                hints.Add($"look at {problem}");
            }
            return new BrokerException(ErrorCode.ProfileIncomplete, $"profile \"{profile}\" has no {member}", hints);
        }
    }
}
