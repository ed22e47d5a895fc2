using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Exchange;

/// <summary>AWS STS's answers to the requests that give a role's keys: they differ by their names alone.</summary>
/// <param name="action">The request: "AssumeRole".</param>
/// <param name="allowedAccounts">The accounts that the keys may be of; null for any.</param>
internal sealed class AwsKeysAnswer(string action, IReadOnlyList<string>? allowedAccounts)
{
    /// <summary>Takes an answer apart that holds keys.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="endpoint">For what is to be told of an answer that is none.</param>
    /// <param name="now">Unix seconds.</param>
    public ExchangeResult Read(HttpAnswer answer, CredentialEndpoint endpoint, long now)
    {
        string response = $"{action}Response/{action}Result/";
        if (XmlTexts.Read(
            answer.Body,
            response + "Credentials/AccessKeyId",
            response + "Credentials/SecretAccessKey",
            response + "Credentials/SessionToken",
            response + "Credentials/Expiration",
            response + "AssumedRoleUser/Arn") is not [var id, var secret, var token, var expiration, var arn])
        {
            return endpoint.Unusable("it is not the expected XML", answer);
        }
        if (!IsSendable(id, 128) || !IsSendable(secret, 1024) || !IsSendable(token, 64 * 1024))
        {
            return endpoint.Unusable("it has no AccessKeyId, SecretAccessKey or SessionToken, or one with characters that no key has", answer);
        }
        if (Rfc3339.Read(expiration) is not { } expiresAt || expiresAt <= now)
        {
            return endpoint.Unusable("it has no Expiration, or one in the past", answer);
        }
        if (AccountOf(arn) is { } account && !IsAllowed(account))
        {
            return Refused(ErrorCode.ExchangeForbidden, $"AWS STS gave keys of the account {account}, which is not in allowed_account_ids; they were dropped", "check role_arn and allowed_account_ids in the profile");
        }
        return new ExchangeResult(Presentation.Granted)
        {
            Credential = new Credential
            {
                Aws = new AwsKeys { AccessKeyId = id, SecretAccessKey = new Secret(secret), SessionToken = new Secret(token), AccountId = AccountOf(arn) },
                IssuedAt = now,
                ExpiresAt = expiresAt,
                RequestId = answer.RequestId,
            },
        };
    }

    /// <summary>Checks the account of the role that the keys are to be of, before they are asked for.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>.</exception>
    public void RequireAllowed(string role)
    {
        string account = AccountOf(role) ?? "";
        if (!IsAllowed(account))
        {
            throw new BrokerException(
                ErrorCode.SettingInvalid,
                $"the role {role} belongs to {(account.Length == 0 ? "no account" : "the account " + account)}, which is not in allowed_account_ids",
                "correct role_arn (or AWS_ROLE_ARN), or add the account to allowed_account_ids in the profile");
        }
    }

    private bool IsAllowed(string account)
    {
        bool isAllowed = allowedAccounts is null;
        for (int i = 0; i < allowedAccounts?.Count; i++)
        {
            isAllowed |= allowedAccounts[i] == account;
        }
        return isAllowed;
    }

    /// <summary>The fifth part of <c>arn:aws:sts::123456789012:assumed-role/…</c>.</summary>
    private static string? AccountOf(string? arn) =>
        arn?.Split(':') is [_, _, _, _, { Length: 12 } account, ..] && !account.AsSpan().ContainsAnyExceptInRange('0', '9') ? account : null;
}
