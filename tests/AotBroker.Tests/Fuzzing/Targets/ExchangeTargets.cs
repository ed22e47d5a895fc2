using AotBroker.Exchange;
using AotBroker.Schemas;

namespace AotBroker.Tests.Fuzzing;

/// <summary>A service's answer to an exchange that reads it in a way of its own.</summary>
internal abstract class ExchangeAnswerTarget : MessageTarget
{
    protected abstract ExchangeSettings Settings { get; }

    public override string Run(byte[] input)
    {
        using PinnedHttp http = Http(input);
        ExchangeResult result = Exchanges.Of(Settings, "/profile", Machine.Environment).Present(Identity, http, Machine.Deadline());
        Assert.NotEqual(result.Credential is null, result.Error is null);
        return result.Credential is { } credential ? Granted(credential) : Fate(result.Error!);
    }

    protected virtual string Granted(Credential credential)
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

    protected override string Granted(Credential credential)
    {
        AwsKeys keys = credential.Aws!;
        Assert.True(credential.ExpiresAt > credential.IssuedAt);
        Assert.DoesNotContain(keys.AccessKeyId + keys.SecretAccessKey.Reveal() + keys.SessionToken.Reveal(), static c => c is <= ' ' or > '~');
        return $"granted {keys.AccountId is null}";
    }
}
