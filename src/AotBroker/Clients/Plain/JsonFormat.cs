using AotBroker.Exchange;
using AotBroker.Reporting;
using AotBroker.Schemas;

namespace AotBroker.Clients.Plain;

/// <summary>
/// The credential as one JSON object, for scripts, whatever its kind. Instants are Unix seconds, and left out where it
/// never expires.
/// </summary>
internal sealed class JsonFormat : CredentialFormat
{
    public override string Name => "json";

    public override bool IsOffered => true;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => true;

    public override byte[] Write(in OutputCredential output)
    {
        JsonLine line = new JsonLine().BeginObject();
        if (output.Credential.Aws is { } keys)
        {
            AddKeys(line, keys);
        }
        else if (output.Credential.Fields is { } fields)
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
            line.String("access_token", output.RevealToken()).String("token_type", output.Credential.TokenType);
        }
        if (output.Credential.Expires)
        {
            line.Number("expires_at", output.Credential.ExpiresAt);
            line.Number("expires_in", Math.Max(0, output.Credential.RemainingAt(output.Now)));
        }
        return line.String("profile", output.Profile).EndObject().ToUtf8();
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
