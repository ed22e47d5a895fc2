using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>An OAuth token endpoint's answer (RFC 6749, section 5.1) with a bearer token.</summary>
internal static class OAuthAnswer
{
    private const int LongestToken = 16 * 1024;

    /// <summary>Takes a token endpoint's successful answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="endpoint">For what is to be told of an answer that is none.</param>
    /// <param name="now">Unix seconds; the lifetime is counted from here.</param>
    /// <param name="isExchange">The answer to a grant that leaves <c>expires_in</c> out at will and names the token's type in its own way (RFC 8693, section 2.2.1).</param>
    /// <param name="lifetime">For how long the credential is good, by the profile, where such an answer does not say, in seconds.</param>
    public static ExchangeResult Read(HttpAnswer answer, CredentialEndpoint endpoint, long now, bool isExchange = false, long? lifetime = null)
    {
        using JsonAnswer json = new(answer.Body);
        Secret? refreshToken = json.Text("refresh_token") is { Length: > 0 } refresh ? new Secret(refresh) : null;
        if ((json.Wrong ?? WhatIsWrong(json, isExchange)) is { } wrong)
        {
            return endpoint.Unusable(wrong, answer) with { RefreshToken = refreshToken };
        }
        string token = json.Text("access_token")!;
        AnswerLifetime said = AnswerLifetime.Of(json, token, now);
        long? seconds = said.Seconds ?? (isExchange ? lifetime ?? (said.Unclear is null ? AnswerLifetime.Default : null) : null);
        if (seconds is null)
        {
            return WithoutLifetime(said, json, endpoint, answer, isExchange) with { RefreshToken = refreshToken };
        }
        return new ExchangeResult(Presentation.Granted)
        {
            Credential = new Credential
            {
                AccessToken = new Secret(token),
                TokenType = "Bearer",
                IssuedAt = now,
                ExpiresAt = now + seconds.Value,
                Scope = ScopeOf(json["scope"]),
                RequestId = answer.RequestId,
            },
            RefreshToken = refreshToken,
        };
    }

    private static ExchangeResult WithoutLifetime(AnswerLifetime said, JsonAnswer json, CredentialEndpoint endpoint, HttpAnswer answer, bool isExchange)
    {
        string seen = said.Unclear ?? (json["expires_in"] is { ValueKind: not JsonValueKind.Undefined } value ? $"its expires_in is {JsonAnswer.Shown(value)}" : "it has no expires_in");
        ExchangeResult result = endpoint.Unusable(seen + ", so it does not say how long it is good for", answer);
        BrokerException error = result.Error!;
        return isExchange ? result with { Error = new BrokerException(error.Code, error.Message, [.. error.Hints, "set lifetime_seconds of the profile's exchange to how long such a credential lives"]) } : result;
    }

    private static string? WhatIsWrong(JsonAnswer answer, bool isExchange)
    {
        if (answer.Text("access_token") is not { Length: > 0 } token)
        {
            return answer.Lack("access_token");
        }
        if (token.Length > LongestToken)
        {
            return $"its access_token has {token.Length} characters, more than a header can hold";
        }
        if (!CredentialEndpoint.IsSendable(token, LongestToken))
        {
            return "its access_token has a character that a header cannot hold";
        }
        JsonElement told = answer["token_type"];
        string? type = told.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? "" : JsonAnswer.TextOf(told)?.Trim();
        // "N_A" is RFC 8693's word for a token that is none of OAuth's; "access_token" is JFrog's for Bearer.
        return type is "" || string.Equals(type, "Bearer", StringComparison.OrdinalIgnoreCase) || (isExchange && type is ("N_A" or "access_token"))
            ? null
            : $"its token_type is {JsonAnswer.Shown(told)}, not Bearer";
    }

    /// <summary>A text of words, or a list of them, as some services write it. Nothing depends on it, so any other kind is none.</summary>
    private static string? ScopeOf(JsonElement scope)
    {
        if (scope.ValueKind != JsonValueKind.Array)
        {
            return JsonAnswer.TextOf(scope);
        }
        List<string> words = [];
        foreach (JsonElement word in scope.EnumerateArray())
        {
            if (JsonAnswer.TextOf(word) is { Length: > 0 } text)
            {
                words.Add(text);
            }
        }
        return words.Count == 0 ? null : string.Join(' ', words);
    }
}
