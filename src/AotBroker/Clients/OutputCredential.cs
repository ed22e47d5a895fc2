using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Clients;

/// <summary>A credential on its way to a caller.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Profile">The name of the profile that it was obtained for.</param>
/// <param name="BaseUrl">The API that it is good for; null for the default one.</param>
/// <param name="Now">The present, in Unix seconds.</param>
internal readonly record struct OutputCredential(Credential Credential, string Profile, string? BaseUrl, long Now)
{
    /// <summary>The user name if neither the profile nor the exchange has one.</summary>
    private const string NoParticularUser = "token";

    /// <summary>Clients that use a credential up to the second published get an end that is earlier by this many seconds.</summary>
    private const long Early = 60;

    private readonly IReadOnlyList<string>? _hosts;
    private readonly string? _userName;

    /// <summary>Where a client says what it asks for, and where it wants it; null if no client is known.</summary>
    public ProcessEnvironment? Environment { get; init; }

    /// <summary>What it was obtained for; asked only by the formats that need to know.</summary>
    private ResolvedProfile? Source { get; init; }

    /// <summary>Hosts and URL prefixes that it is for; none if the profile does not say.</summary>
    public IReadOnlyList<string> Hosts
    {
        get => _hosts ?? Source?.Hosts ?? [];
        init => _hosts = value;
    }

    /// <summary>What goes with the token in basic authentication; null if neither the profile nor the exchange says.</summary>
    public string? UserName
    {
        get => _userName ?? Source?.UserName;
        init => _userName = value;
    }

    /// <summary>How the token is sent by a client that can do both; null if the profile does not say.</summary>
    public ServedPlacesScheme? Scheme { get; init; }

    /// <summary>The names of environment variables, by the part of the credential; null if the profile does not say.</summary>
    public SchemaMap<string>? VariableNames { get; init; }

    /// <summary>Whether it is Anthropic's, whose clients look for variables of their own.</summary>
    public bool IsAnthropic { get; init; } = true;

    public static OutputCredential Of(ResolvedProfile profile, Credential credential, ProcessEnvironment environment)
    {
        bool isAnthropic = profile is LoginProfile or FederatedProfile { Federation: not null };
        string? baseUrl = isAnthropic ? profile.BaseUrl.Value : null;
        return new OutputCredential(credential, profile.Name, baseUrl == AnthropicFederation.DefaultBaseUrl ? null : baseUrl, environment.Now)
        {
            Environment = environment,
            Source = profile,
            Scheme = profile.Serves?.Scheme,
            VariableNames = profile.VariableNames,
            IsAnthropic = isAnthropic,
        };
    }

    /// <summary>The end that clients without a margin of their own get; null if it does not expire.</summary>
    public long? EarlyExpiry => Credential.Expires ? Credential.ExpiresAt - Math.Min(Early, Math.Max(0, Credential.RemainingAt(Now) / 2)) : null;

    /// <summary>The token, a secret, for formats that carry one.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: the credential is not a token.</exception>
    public string RevealToken() => (Credential.AccessToken ?? throw new BrokerException(
        ErrorCode.Usage,
        $"the credential of profile \"{Profile}\" is not a token, and this format carries one",
        "use --format json")).Reveal();

    /// <summary>The user name of basic authentication.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: the secret has no such field.</exception>
    public string BasicUser() => Credential.Fields is null ? UserName ?? NoParticularUser : Field("username").Reveal();

    /// <summary>The password of basic authentication, a secret.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: the secret has no such field.</exception>
    public string RevealPassword() => Credential.Fields is null ? RevealToken() : Field("password").Reveal();

    /// <summary>The value of an Authorization header, a secret.</summary>
    public string RevealAuthorization() => Credential.Fields is not null || Scheme == ServedPlacesScheme.Basic
        ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{BasicUser()}:{RevealPassword()}"))
        : $"{Credential.TokenType} {RevealToken()}";

    private Secret Field(string name) => Credential.Fields!.TryGetValue(name, out Secret? value) ? value : throw new BrokerException(
        ErrorCode.Usage,
        $"the secret of profile \"{Profile}\" has no field \"{name}\", which this format carries",
        "use --format json, or let the profile read a secret with a username and a password");
}
