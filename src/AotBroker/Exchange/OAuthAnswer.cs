using System.Globalization;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>An OAuth token endpoint's answer (RFC 6749, section 5.1) with a bearer token.</summary>
internal static class OAuthAnswer
{
    private const long Unknown = long.MaxValue;

    /// <summary>Takes a token endpoint's successful answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="endpoint">For what is to be told of an answer that is none.</param>
    /// <param name="now">Unix seconds; the lifetime is counted from here.</param>
    /// <param name="isExchange">The answer to a grant that leaves <c>expires_in</c> out at will and names the token's type in its own way (RFC 8693, section 2.2.1).</param>
    public static ExchangeResult Read(HttpAnswer answer, CredentialEndpoint endpoint, long now, bool isExchange = false)
    {
        TokenAnswer? token = null;
        long? lifetime = null;
        string? wrong = "it is not a JSON object";
        try
        {
            token = JsonSerializer.Deserialize(answer.Body, MessagesJsonContext.Default.TokenAnswer);
            lifetime = Lifetime(token?.ExpiresIn ?? default) ?? (isExchange ? LifetimeUnsaid(token, now) : null);
            wrong = token is null ? wrong : WhatIsWrong(token, lifetime, isExchange);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no UTF-16. Neither's own text is shown, which could quote the answer.
        }
        if (wrong is not null)
        {
            return endpoint.Unusable(wrong, answer) with { RefreshToken = RefreshToken(token) };
        }
        return new ExchangeResult(Presentation.Granted)
        {
            Credential = new Credential
            {
                AccessToken = new Secret(token!.AccessToken!),
                TokenType = "Bearer",
                IssuedAt = now,
                ExpiresAt = lifetime == Unknown ? Credential.Never : now + lifetime!.Value,
                IsCacheable = lifetime != Unknown,
                Scope = token.Scope,
                RequestId = answer.RequestId,
            },
            RefreshToken = RefreshToken(token),
        };
    }

    private static Secret? RefreshToken(TokenAnswer? answer) =>
        string.IsNullOrEmpty(answer?.RefreshToken) ? null : new Secret(answer.RefreshToken);

    /// <summary>Where the answer does not say: what the token itself says, if it is a JWT.</summary>
    private static long? LifetimeUnsaid(TokenAnswer? answer, long now)
    {
        if (answer?.ExpiresIn.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            return null;
        }
        try
        {
            return IdentityToken.Parse(answer.AccessToken ?? "", "the answer").ExpiresAt is { } end && end > now ? Math.Min(end - now, Credential.LongestLifetime) : Unknown;
        }
        catch (BrokerException)
        {
            return Unknown; // No JWT: good for this caller alone.
        }
    }

    private static string? WhatIsWrong(TokenAnswer answer, long? lifetime, bool isExchange)
    {
        if (string.IsNullOrEmpty(answer.AccessToken))
        {
            return "it has no access_token";
        }
        if (!CredentialEndpoint.IsSendable(answer.AccessToken, 16 * 1024))
        {
            return "its access_token could not be sent in a header";
        }
        string type = answer.TokenType ?? "Bearer";
        // "N_A" is RFC 8693's word for a token that is none of OAuth's; "access_token" is JFrog's for Bearer.
        if (!string.Equals(type, "Bearer", StringComparison.OrdinalIgnoreCase) && !(isExchange && type is ("N_A" or "access_token")))
        {
            return "its token_type is not Bearer";
        }
        return lifetime is null ? "it has no expires_in, or one that is not a number of seconds" : null;
    }

    /// <summary>Seconds, from a number or a numeric string, as every SDK takes them.</summary>
    private static long? Lifetime(JsonElement expiresIn)
    {
        double? seconds = expiresIn.ValueKind switch
        {
            JsonValueKind.Number when expiresIn.TryGetDouble(out double number) => number,
            JsonValueKind.String when double.TryParse(expiresIn.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
            _ => null,
        };
        return seconds is >= 1 and <= Credential.LongestLifetime ? (long)seconds.Value : null;
    }
}
