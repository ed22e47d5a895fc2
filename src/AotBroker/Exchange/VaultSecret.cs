using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>One secret of Vault's, or some fields of it, as a credential.</summary>
internal sealed class VaultSecret(VaultExchange settings, ProcessEnvironment environment)
{
    /// <summary>After how many seconds a secret without a lease is read again: its next version should not wait for long.</summary>
    private const long LongestWithoutLease = 3600;

    private const int LongestField = 64 * 1024;

    /// <param name="endpoint">Where the secret is.</param>
    /// <param name="request">What asks for it.</param>
    /// <param name="token">The token that the login gave.</param>
    /// <param name="deadline">For the whole of it.</param>
    public ExchangeResult Read(CredentialEndpoint endpoint, HttpRequestPlan request, Credential token, Deadline deadline) =>
        endpoint.Continue(request, deadline, answer => Take(answer, endpoint, token), Refusal);

    private ExchangeResult Take(HttpAnswer answer, CredentialEndpoint endpoint, Credential token)
    {
        if (MessageReader.Read(answer, MessagesJsonContext.Default.VaultAnswer) is not { Data.ValueKind: JsonValueKind.Object } secret)
        {
            return endpoint.Unusable("it has no data", answer);
        }
        bool isLeased = !string.IsNullOrEmpty(secret.LeaseId);
        SchemaMap<Secret> fields;
        try
        {
            fields = Fields(isLeased ? secret.Data : Inner(secret.Data));
        }
        catch (InvalidOperationException)
        {
            return endpoint.Unusable("one of its fields is not text", answer); // Half of a surrogate pair, in a name or a value.
        }
        foreach (string name in settings.Field is { } one ? [one] : settings.Fields ?? [])
        {
            if (!fields.ContainsKey(name))
            {
                return endpoint.Unusable($"the secret has no field {name}", answer);
            }
        }
        if (fields.Count == 0 || HasLongField(fields))
        {
            return endpoint.Unusable("the secret has no field, or one that is too long", answer);
        }
        if (settings.Field is { } only && !IsSendable(fields[only].Reveal(), LongestField))
        {
            return endpoint.Unusable("the field holds a character that a token cannot have; name it in fields instead", answer);
        }
        return Granted(secret, fields, token, answer);
    }

    private static bool HasLongField(SchemaMap<Secret> fields)
    {
        foreach ((_, Secret value) in fields)
        {
            if (value.Reveal().Length > LongestField)
            {
                return true;
            }
        }
        return false;
    }

    private ExchangeResult Granted(VaultAnswer secret, SchemaMap<Secret> fields, Credential token, HttpAnswer answer)
    {
        bool isLeased = !string.IsNullOrEmpty(secret.LeaseId);
        long now = environment.Now;
        long lifetime = secret.LeaseDuration > 0 ? secret.LeaseDuration : isLeased ? CredentialFacts.LongestLifetime : LongestWithoutLease;
        // What has a lease ends with the token that made it; what has none should be read again under a login of its own.
        lifetime = Math.Min(lifetime, token.Expires ? token.Lifetime : CredentialFacts.LongestLifetime);
        lifetime = isLeased ? lifetime : Math.Min(lifetime, LongestWithoutLease);
        return new ExchangeResult(Presentation.Granted)
        {
            Credential = new Credential
            {
                AccessToken = settings.Field is { } only ? fields[only] : null,
                Fields = settings.Field is null ? fields : null,
                LeaseId = isLeased ? new Secret(secret.LeaseId!) : null,
                RevocationToken = isLeased ? token.AccessToken : null,
                IssuedAt = now,
                ExpiresAt = now + lifetime,
                RequestId = answer.RequestId,
            },
        };
    }

    /// <summary>KV version 2 puts the secret beside what it knows of its version.</summary>
    private static JsonElement Inner(JsonElement data) =>
        data.TryGetProperty("data", out JsonElement inner) && data.TryGetProperty("metadata", out JsonElement metadata)
        && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("version", out _) ? inner : data;

    /// <summary>All that are wanted. Where a name is there twice, the last one counts. The work is linear: the server says how many there are.</summary>
    private SchemaMap<Secret> Fields(JsonElement data)
    {
        Dictionary<string, Secret> fields = [];
        if (data.ValueKind != JsonValueKind.Object)
        {
            return new SchemaMap<Secret>(fields); // A version that was deleted.
        }
        foreach (JsonProperty member in data.EnumerateObject())
        {
            bool isWanted = settings.Field is { } one ? member.NameEquals(one) : settings.Fields is null || settings.Fields.Any(member.NameEquals);
            if (isWanted && member.Value.ValueKind != JsonValueKind.Null)
            {
                string text = member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText();
                fields[member.Name] = new Secret(text);
            }
        }
        return new SchemaMap<Secret>(fields);
    }

    private ExchangeResult? Refusal(HttpAnswer answer) => answer.Status switch
    {
        400 => Refused(ErrorCode.ExchangeMalformedRequest, $"Vault cannot read {settings.Path}{Told(answer)}", "check path in the profile"),
        403 => Refused(ErrorCode.ExchangeForbidden, $"the login may not read {settings.Path}{Told(answer)}",
            "give the role a policy with the capability \"read\" for this path",
            "a KV version 2 has data/ after its mount, in the path and in the policy"),
        404 => Refused(ErrorCode.ExchangeNotFound, $"there is no secret at {settings.Path}{Told(answer)}",
            "a KV version 2 has data/ after its mount: secret/data/ci, not secret/ci", "its last version may be deleted"),
        405 => Refused(ErrorCode.ExchangeMalformedRequest, $"{settings.Path} cannot be read{Told(answer)}", "only secrets that a GET request returns can be read"),
        412 or 472 or 473 => Unknown(ErrorCode.ServerFailed, $"this node of Vault cannot answer now{Told(answer)}", "try again; point the address at the active node"),
        _ => null,
    };
}
