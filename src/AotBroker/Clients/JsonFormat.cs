using AotBroker.Exchange;
using AotBroker.Reporting;
using AotBroker.Schemas;

namespace AotBroker.Clients;

/// <summary>
/// The credential as one JSON object, for scripts, whatever kind it is of. Instants are Unix seconds, and left out where it
/// never expires.
/// </summary>
internal static class JsonFormat
{
    public const string Name = "json";

    public static byte[] Write(in PresentedCredential presented)
    {
        JsonLine line = new JsonLine().Open();
        if (presented.Credential.Aws is { } keys)
        {
            AddKeys(line, keys);
        }
        else if (presented.Credential.Fields is { } fields)
        {
            line.Open("fields");
            foreach (KeyValuePair<string, Secret> field in fields)
            {
                line.Text(field.Key, field.Value.Reveal());
            }
            line.Close();
        }
        else
        {
            line.Text("access_token", presented.RevealToken()).Text("token_type", presented.Credential.TokenType);
        }
        if (presented.Credential.Expires)
        {
            line.Number("expires_at", presented.Credential.ExpiresAt);
            line.Number("expires_in", Math.Max(0, presented.Credential.RemainingAt(presented.Now)));
        }
        return line.Text("profile", presented.Profile).Close().ToUtf8();
    }

    private static void AddKeys(JsonLine line, AwsKeys keys)
    {
        line.Text("access_key_id", keys.AccessKeyId)
            .Text("secret_access_key", keys.SecretAccessKey.Reveal())
            .Text("session_token", keys.SessionToken.Reveal());
        if (keys.AccountId is { Length: > 0 } account)
        {
            line.Text("account_id", account);
        }
    }
}
