using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Tests.Fuzzing;

/// <summary>A service's answer to an exchange that reads it in a way of its own.</summary>
internal abstract class ExchangeAnswerTarget : MessageTarget
{
    protected abstract ExchangeSettings Settings { get; }

    public override string Run(byte[] input)
    {
        using PinnedHttp http = Http(input);
        ExchangeResult result = Exchanges.Of(Settings, "/profile", Machine.Environment).Check().Present(Identity, http, Machine.Deadline());
        Assert.NotEqual(result.Credential is null, result.Error is null);
        return result.Credential is { } credential ? Granted(credential, result.IsCacheable) : Fate(result.Error!);
    }

    protected virtual string Granted(Credential credential, bool isCacheable)
    {
        Assert.True(credential.ExpiresAt > credential.IssuedAt);
        Assert.DoesNotContain(credential.AccessToken!.Reveal(), static c => c is <= ' ' or > '~');
        return "granted";
    }
}

internal sealed class AwsAnswerTarget : ExchangeAnswerTarget
{
    public override IEnumerable<string> Words => ["<", "</", ">", "/>", "<![CDATA[", "]]>", "<!--", "<!DOCTYPE", "&amp;", "&#65;", "&x;", "<Credentials>", "<Error>", "<Code>", "xmlns=\"x\"", "IDPCommunicationError", "AccessDenied"];

    public override IEnumerable<byte[]> Seeds =>
    [
        Answer(200, $"""
            <AssumeRoleWithWebIdentityResponse xmlns="x"><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId>
            <SecretAccessKey>{Secrets[0]}</SecretAccessKey><SessionToken>{Secrets[0]}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>
            <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/a/b</Arn></AssumedRoleUser></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
            """),
        Answer(400, $"<ErrorResponse><Error><Type>Sender</Type><Code>InvalidIdentityToken</Code><Message>not {Secrets[1]}, &apos;x&apos;</Message></Error></ErrorResponse>"),
        Answer(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>"),
    ];

    protected override ExchangeSettings Settings => new AwsStsExchange { RoleArn = "arn:aws:iam::123456789012:role/a", Endpoint = "http://127.0.0.1:1" };

    protected override string Granted(Credential credential, bool isCacheable)
    {
        AwsKeys keys = credential.Aws!;
        Assert.True(credential.ExpiresAt > credential.IssuedAt);
        Assert.DoesNotContain(keys.AccessKeyId + keys.SecretAccessKey.Reveal() + keys.SessionToken.Reveal(), static c => c is <= ' ' or > '~');
        return $"granted {keys.AccountId is null}";
    }
}

internal sealed class VaultAnswerTarget : ExchangeAnswerTarget
{
    public override IEnumerable<string> Words => ["auth", "client_token", "lease_duration", "num_uses", "data", "errors", "token_type", "batch"];

    public override IEnumerable<byte[]> Seeds =>
    [
        Answer(200, $$$"""{"auth":{"client_token":"{{{Secrets[0]}}}","lease_duration":1200,"token_type":"service","num_uses":0},"data":null}"""),
        Answer(400, $$"""{"errors":["error validating token {{Secrets[1]}}"]}"""),
        Answer(403, """{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"""),
        Answer(503, """{"errors":["Vault is sealed"]}"""),
    ];

    protected override ExchangeSettings Settings => new VaultExchange { Address = "http://127.0.0.1:1" };
}

/// <summary>The same answer is the login's and the secret's, which is right where it is both.</summary>
internal sealed class VaultSecretTarget : ExchangeAnswerTarget
{
    public override IEnumerable<string> Words => ["auth", "client_token", "lease_duration", "lease_id", "data", "metadata", "version", "null", "\\ud800"];

    public override IEnumerable<byte[]> Seeds =>
    [
        Answer(200, $$$"""{"auth":{"client_token":"a.b","lease_duration":1200},"data":{"password":"{{{Secrets[0]}}}","port":1,"x":{"y":[]} } }"""),
        Answer(200, $$$"""{"auth":{"client_token":"a.b","lease_duration":1200},"lease_id":"a/b","lease_duration":60,"data":{"password":"{{{Secrets[0]}}}"}}"""),
        Answer(200, $$$"""{"auth":{"client_token":"a.b","lease_duration":0},"data":{"data":{"password":"{{{Secrets[0]}}}"},"metadata":{"version":1} } }"""),
    ];

    protected override ExchangeSettings Settings => new VaultExchange { Address = "http://127.0.0.1:1", Path = "a/b" };

    protected override string Granted(Credential credential, bool isCacheable)
    {
        Assert.True(credential.ExpiresAt > credential.IssuedAt);
        Assert.NotEmpty(credential.Fields!);
        return $"granted {credential.LeaseId is null} {credential.RevocationToken is null}";
    }
}
