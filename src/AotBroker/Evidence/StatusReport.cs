using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Logins;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Evidence;

/// <summary>What the broker and each client would do here. Nothing secret, no network.</summary>
internal sealed record StatusReport
{
    /// <summary>The profile that applies; null if there is none, and <see cref="Problem"/> says why.</summary>
    public required ResolvedProfile? Profile { get; init; }

    public required BrokerException? Problem { get; init; }

    public required CacheDirectory Cache { get; init; }

    /// <summary>The cached credential, expired or not.</summary>
    public required Credential? Credential { get; init; }

    /// <summary>The login, with what could not be written to its file; null for a workload, or if it cannot be used.</summary>
    public StoredLogin? Login { get; init; }

    /// <summary>Where the login is kept that could not be written to its file; null if there is none.</summary>
    public string? Rescue { get; init; }

    /// <summary>Why an existing entry is not used.</summary>
    public required string? Distrust { get; init; }

    /// <summary>The failure that is remembered; null if an exchange may be tried.</summary>
    public required Refusal? Refusal { get; init; }

    public required IReadOnlyList<ClientPrecedence.Verdict> Clients { get; init; }

    /// <summary>Static keys that are set.</summary>
    public required IReadOnlyList<string> StaticKeys { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long Now { get; init; }

    public static StatusReport Of(string? option, ProcessEnvironment environment)
    {
        ResolvedProfile? profile = null;
        BrokerException? problem = null;
        CacheKey? key = null;
        CacheDirectory cache = CacheDirectory.Of(environment);
        Credential? credential = null;
        StoredLogin? login = null;
        string? rescue = null;
        string? distrust = null;
        try
        {
            profile = ProfileResolver.Resolve(option, environment);
            if (profile is FederatedProfile federated)
            {
                BrokerException? missing = Attempt(() => key = CacheKey.Of(federated));
                CacheKey? entry = key ?? CacheKey.OfJob(federated);
                credential = entry is null ? null : new CacheEntries(cache, environment).Read(entry, (path, reason) => distrust = $"{path}: {reason}");
                problem = WhyNothingWouldBeSent(ref profile, federated, environment) ?? new Forecast(cache, environment).Of(federated, key, credential, missing);
            }
            else
            {
                login = ReadLogin(ref profile, cache, environment, out key, out rescue, out problem);
                credential = login?.Credential;
            }
        }
        catch (BrokerException error)
        {
            problem = error;
        }
        return new StatusReport
        {
            Profile = profile,
            Problem = problem,
            Cache = cache,
            Credential = credential,
            Login = login,
            Rescue = rescue,
            Distrust = distrust,
            Refusal = key is null ? null : new Refusals(cache, environment).Read(key),
            Clients = new ClientPrecedence(environment).All(),
            StaticKeys = Array.FindAll([Variables.ApiKey, Variables.AuthToken, Variables.ClaudeCodeOAuthToken], environment.IsSet),
            Now = environment.Now,
        };
    }

    /// <summary>What `get` would end with before its first request. An address that it refuses may hold a password, and is left out.</summary>
    private static BrokerException? WhyNothingWouldBeSent(ref ResolvedProfile profile, FederatedProfile federated, ProcessEnvironment environment)
    {
        if (federated.Exchange is AnthropicFederationExchange anthropic && Attempt(() => AnthropicTokenEndpoint.Check(anthropic.Address)) is not null)
        {
            AnthropicFederation federation = anthropic.Federation;
            profile = federated with { Exchange = new AnthropicFederationExchange(federation with { BaseUrl = federation.BaseUrl with { Value = "(refused)" } }, environment) };
        }
        return Attempt(() => federated.Exchange.Check());
    }

    private static StoredLogin? ReadLogin(
        ref ResolvedProfile profile, CacheDirectory cache, ProcessEnvironment environment, out CacheKey key, out string? rescue, out BrokerException? problem)
    {
        var login = (LoginProfile)profile;
        LoginFile file = new(login.CredentialsFile, environment);
        string path = file.RealPath;
        key = CacheKey.Of(login, path);
        BrokerException? refused = Attempt(() => AnthropicTokenEndpoint.Check(login.BaseUrl));
        if (refused is not null)
        {
            profile = login with { Address = login.Address with { Value = "(refused)" } };
        }
        RescuedLogins rescued = new(key, path, cache, environment);
        StoredLogin? stored = file.TryRead(out problem) is { } held ? rescued.Over(held) : null;
        rescue = stored?.Replaces is null ? null : rescued.FilePath;
        if (stored?.WhyNotRefreshable(login) is not null && !new Freshness().Tolerates(stored.Credential, environment.Now))
        {
            problem = stored.NotRefreshable(login, environment.Now);
        }
        problem ??= refused;
        return stored;
    }

    private static BrokerException? Attempt(Action check)
    {
        try
        {
            check();
            return null;
        }
        catch (BrokerException error)
        {
            return error;
        }
    }
}
