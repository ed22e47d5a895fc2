using AotBroker.Exchange;
using AotBroker.Schemas;

namespace AotBroker.Tests.Fuzzing;

/// <summary>A registry's answer: its token, when that ends, and what it says in a refusal.</summary>
internal abstract class RegistryAnswerTarget : ExchangeAnswerTarget
{
    public override IEnumerable<string> Words =>
        ["token", "apiKey", "expires", "success", "errors", "code", "description", "detail", "error", "message", "null", "2099-01-01T00:00:00Z", "4102444800", "-1", "1e3", "\\ud800"];

    public override IEnumerable<byte[]> Seeds =>
    [
        Answer(200, $$"""{"success":true,"token":"{{Secrets[0]}}","apiKey":"{{Secrets[0]}}"}"""),
        Answer(200, $$"""{"token":"{{Secrets[0]}}","apiKey":"{{Secrets[0]}}","expires":4102444800}"""),
        Answer(201, $$"""{"token":"{{Secrets[0]}}","expires":"2099-01-01T00:00:00Z"}"""),
        Answer(422, $$"""{"message":"Token request failed","errors":[{"code":"invalid-publisher","description":"no publisher trusts {{Secrets[1]}}"},{"detail":"x"}]}"""),
        Answer(401, """{"error":"no policy of this user matches"}"""),
        Answer(404, """{"message":"package not found"}"""),
    ];

    protected override string Granted(Credential credential, bool isCacheable)
    {
        Assert.True(credential.ExpiresAt != CredentialFacts.Never || !isCacheable);
        return base.Granted(credential, isCacheable) + $" {isCacheable}";
    }
}

internal sealed class PyPIAnswerTarget : RegistryAnswerTarget
{
    protected override ExchangeSettings Settings => new PypiPublishing { Url = "http://127.0.0.1:1" };
}

internal sealed class NuGetAnswerTarget : RegistryAnswerTarget
{
    protected override ExchangeSettings Settings => new NugetPublishing { Username = "ci", Url = "http://127.0.0.1:1" };
}

internal sealed class NpmAnswerTarget : RegistryAnswerTarget
{
    protected override ExchangeSettings Settings => new NpmPublishing { Package = "@a/b", Registry = "http://127.0.0.1:1" };
}
