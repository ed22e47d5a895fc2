using System.Text;
using AotBroker.Clients;
using AotBroker.Exchange;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Credentials of each kind, and what a format makes of them on a machine of its own.</summary>
public abstract class FormatTest : IDisposable
{
    private protected const long Now = TestClock.StartSeconds;

    private protected Machine Machine { get; } = new();

    private protected string Jwt { get; } = Made.Jwt("{}");

    private protected string SecretKey { get; } = Made.Name(40) + "/+=";

    private protected string SessionToken { get; } = Made.Name(300) + "+/==";

    public void Dispose()
    {
        Machine.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected OutputCredential Token(long life = 600) => Output(new Credential { AccessToken = new Secret(Jwt), IssuedAt = Now, ExpiresAt = life == CredentialFacts.Never ? life : Now + life });

    private protected OutputCredential Aws(string? account = null) => Output(new Credential
    {
        Aws = new AwsKeys { AccessKeyId = "ASIAIOSFODNN7EXAMPLE", SecretAccessKey = new Secret(SecretKey), SessionToken = new Secret(SessionToken), AccountId = account },
        IssuedAt = Now,
        ExpiresAt = Now + 3600,
    });

    private protected OutputCredential Fields(params (string Name, string Value)[] fields) => Output(new Credential
    {
        Fields = new SchemaMap<Secret>(fields.Select(static field => KeyValuePair.Create(field.Name, new Secret(field.Value)))),
        IssuedAt = Now,
        ExpiresAt = Now + 3600,
    });

    private protected OutputCredential Output(Credential credential) => new(credential, "db-1", null, Now)
    {
        Environment = Machine.Environment,
        IsAnthropic = false,
    };

    private protected static string Written(string format, OutputCredential output) => Encoding.UTF8.GetString(Formats.Write(format, output));
}
