using AotBroker.Exchange;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Clients.Aws;

/// <summary>The answer of an AWS `credential_process`. Instants are RFC 3339; without one, SDKs would never ask again.</summary>
internal sealed class AwsFormat : CredentialFormat
{
    public override string Name => "aws";

    public override bool IsOffered => true;

    /// <summary>botocore asks again at once for what lives less than 15 minutes; a minute more, for the way there.</summary>
    public override long? ClientKeepsFor => 16 * 60;

    public override bool Carries(CredentialKind kind) => kind == CredentialKind.AwsKeys;

    public override byte[] Write(in OutputCredential output)
    {
        AwsKeys keys = output.Credential.Aws!;
        JsonLine line = new JsonLine().BeginObject()
            .Number("Version", 1)
            .String("AccessKeyId", keys.AccessKeyId)
            .String("SecretAccessKey", keys.SecretAccessKey.Reveal())
            .String("SessionToken", keys.SessionToken.Reveal());
        if (output.Credential.Expires)
        {
            line.String("Expiration", Times.Utc(Math.Min(output.Credential.ExpiresAt, Times.LastDate)));
        }
        if (keys.AccountId is { Length: > 0 } account)
        {
            line.String("AccountId", account);
        }
        return line.EndObject().ToUtf8();
    }
}
