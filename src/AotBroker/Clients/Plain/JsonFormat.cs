using AotBroker.Exchange;
using AotBroker.Reporting;
using AotBroker.Schemas;

namespace AotBroker.Clients.Plain;

/// <summary>
/// The credential as one JSON object, for scripts, whatever kind it is of. Instants are Unix seconds, and left out where it
/// never expires.
/// </summary>
internal static class JsonFormat
{
    public const string Name = "json";

    public static byte[] Write(in OutputCredential presented)
    {
        JsonLine line = new JsonLine().BeginObject();
        if (presented.Credential.Aws is { } keys)
        {
            AddKeys(line, keys);
        }
        else if (presented.Credential.Fields is { } fields)
        {
            line.BeginObject("fields");
            foreach (KeyValuePair<string, Secret> field in fields)
            {
                line.String(field.Key, field.Value.Reveal());
            }
            line.EndObject();
        }
        else
        {
            line.String("access_token", presented.RevealToken()).String("token_type", presented.Credential.TokenType);
        }
        if (presented.Credential.Expires)
        {
            line.Number("expires_at", presented.Credential.ExpiresAt);
            line.Number("expires_in", Math.Max(0, presented.Credential.RemainingAt(presented.Now)));
        }
        return line.String("profile", presented.Profile).EndObject().ToUtf8();
    }

    private static void AddKeys(JsonLine line, AwsKeys keys)
    {
        line.String("access_key_id", keys.AccessKeyId)
            .String("secret_access_key", keys.SecretAccessKey.Reveal())
            .String("session_token", keys.SessionToken.Reveal());
        if (keys.AccountId is { Length: > 0 } account)
        {
            line.String("account_id", account);
        }
    }
}
