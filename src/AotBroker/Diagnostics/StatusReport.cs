using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Store;

namespace AotBroker.Diagnostics;

/// <summary>What the broker and each client would do here. Nothing secret, no network.</summary>
internal sealed record StatusReport
{
    /// <summary>The profile that applies; null where <see cref="Problem"/> says why there is none.</summary>
    public required ResolvedProfile? Profile { get; init; }

    public required BrokerException? Problem { get; init; }

    public required CacheDirectory Cache { get; init; }

    /// <summary>The cached credential, expired or not.</summary>
    public required Credential? Credential { get; init; }

    /// <summary>Why an entry that is there is not used.</summary>
    public required string? Distrust { get; init; }

    /// <summary>The failure that is remembered; null where an exchange may be tried.</summary>
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
        try
        {
            profile = ProfileResolver.Resolve(option, environment);
            key = CacheKey.Of(profile, environment);
            problem = WhyNothingWouldBeSent(ref profile, environment);
        }
        catch (BrokerException error)
        {
            problem = error;
        }
        CacheDirectory cache = CacheDirectory.Of(environment);
        string? distrust = null;
        Credential? credential = key is null ? null : new CacheEntries(cache, environment).Read(key, (path, reason) => distrust = $"{path}: {reason}");
        return new StatusReport
        {
            Profile = profile,
            Problem = problem,
            Cache = cache,
            Credential = credential,
            Distrust = distrust,
            Refusal = key is null ? null : new Refusals(cache, environment).Read(key),
            Clients = new ClientPrecedence(environment).All(),
            StaticKeys = Array.FindAll([Variables.ApiKey, Variables.AuthToken, Variables.ClaudeCodeOAuthToken], environment.IsSet),
            Now = environment.Now,
        };
    }

    /// <summary>What `get` would end with before its first request; an address that it refuses may hold a password, and is taken out.</summary>
    private static BrokerException? WhyNothingWouldBeSent(ref ResolvedProfile profile, ProcessEnvironment environment)
    {
        AnthropicFederation federation = profile.Federation;
        using PinnedHttp http = new();
        AnthropicFederationExchange exchange = new(federation, http, environment);
        if (Attempt(exchange.RequireValidAddress) is not null)
        {
            profile = profile with { Federation = federation with { BaseUrl = federation.BaseUrl with { Value = "(refused)" } } };
        }
        return Attempt(exchange.RequireValid);
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
