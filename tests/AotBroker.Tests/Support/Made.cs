using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Secrets and identifiers, made at run time: none is stored in a file of the repository.</summary>
internal static class Made
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    public static string Name(int length = 22) => RandomNumberGenerator.GetString(Alphabet, length);

    public static string RuleId() => "fdrl_01" + Name();

    public static string AccessToken() => "sk-ant-oat01-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(80));

    /// <summary>A JWT that nobody can verify, with the given claims.</summary>
    public static string Jwt(string claims, string header = """{"alg":"RS256","kid":"k1","typ":"JWT"}""") =>
        $"{Part(header)}.{Part(claims)}.{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(256))}";

    public static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

    /// <summary>A token of its own, valid from a minute before the clock's start until five minutes after it.</summary>
    public static IdentityToken IdentityToken(long expiresAt = TestClock.StartSeconds + 300) => AotBroker.Identity.IdentityToken.Parse(
        Jwt($$"""{"iss":"https://issuer.example","sub":"job","aud":"https://api.anthropic.com","jti":"{{Name()}}","exp":{{expiresAt}}}"""), "a test");

    public static Credential Credential(long issuedAt = TestClock.StartSeconds, long lifetime = 3600) => new()
    {
        AccessToken = new Secret(AccessToken()),
        TokenType = "Bearer",
        IssuedAt = issuedAt,
        ExpiresAt = issuedAt + lifetime,
    };

    /// <summary>A complete profile whose identity is a file.</summary>
    public static FederatedProfile Profile(string baseUrl = "https://api.anthropic.com", string name = "ci", string tokenPath = "/run/token") => new()
    {
        Name = name,
        File = null,
        SelectedBy = "a test",
        Exchange = new AnthropicFederationExchange(Federation(baseUrl), TestEnvironment()),
        Identity = IdentitySources.Bind(new FileIdentity { Path = tokenPath }, TestEnvironment()),
        IdentityOrigin = "a test",
    };

    /// <summary>The same profile with another federation.</summary>
    public static FederatedProfile With(FederatedProfile profile, AnthropicFederation federation) =>
        profile with { Exchange = new AnthropicFederationExchange(federation, TestEnvironment()) };

    /// <summary>Nothing is set, for what looks at no variable.</summary>
    private static ProcessEnvironment TestEnvironment() => new(static _ => null, TimeProvider.System, static () => "/", static () => "test-host");

    public static AnthropicFederation Federation(string baseUrl) => new()
    {
        BaseUrl = new Setting(baseUrl, "ANTHROPIC_BASE_URL"),
        FederationRuleId = new Setting(RuleId(), "ANTHROPIC_FEDERATION_RULE_ID"),
        OrganizationId = new Setting(Guid.NewGuid().ToString(), "ANTHROPIC_ORGANIZATION_ID"),
        ServiceAccountId = Setting.Unset,
        WorkspaceId = Setting.Unset,
    };

    /// <summary>A key of settings that nobody else has.</summary>
    public static CacheKey Key(string kind = "test")
    {
        string settings = $"exchange={kind}|rule={Name()}|";
        return new CacheKey(settings, "identity=test|", $"{kind}-{KeyText.Fingerprint(settings)}");
    }
}
