using System.Text;
using AotBroker.Errors;
using AotBroker.Schemas;

namespace AotBroker.Profiles;

/// <summary>
/// Everything that decides what is minted, as text: a credential is served only to a configuration whose text is equal
/// (invariant 3). A changed rule never sees the old one.
/// </summary>
/// <param name="Text">
/// <c>name=value</c>, each followed by a bar; a bar in a value is doubled, so that no value can pass for two. Nothing in it
/// needs an escape in JSON, which keeps the hot path out of the reader's slow one.
/// </param>
/// <param name="FileStem">The names of the key's files, without their endings.</param>
internal sealed record CacheKey(string Text, string FileStem)
{
    public static CacheKey Of(ResolvedProfile profile, ProcessEnvironment environment)
    {
        AnthropicFederation federation = profile.Federation;
        StringBuilder text = new(256);
        Append(text, "exchange", "anthropic");
        Append(text, "endpoint", federation.BaseUrl.Value);
        Append(text, "federation_rule_id", federation.FederationRuleId.Value);
        Append(text, "organization_id", federation.OrganizationId.Value);
        Append(text, "service_account_id", federation.ServiceAccountId.Value);
        Append(text, "workspace_id", federation.WorkspaceId.Value);
        Append(text, profile.Identity, environment);
        string key = text.ToString();
        return new CacheKey(key, $"{profile.Name}-{Fingerprint(key)}");
    }

    private static void Append(StringBuilder text, IdentitySource identity, ProcessEnvironment environment)
    {
        Append(text, "identity", identity.Source);
        switch (identity)
        {
            case FileIdentity file:
                Append(text, "path", environment.Absolute(file.Path));
                break;
            case LiteralIdentity literal:
                // The token is the identity: another token may be another workload's. Its fingerprint tells nothing of it.
                Append(text, "variable", literal.Variable);
                Append(text, "value", Fingerprint(environment.Get(literal.Variable) ?? ""));
                break;
            case GithubActionsIdentity github:
                // The job is the identity. These variables survive where clients strip those that look like secrets.
                Append(text, "audience", github.Audience ?? AnthropicFederation.DefaultAudience);
                Append(text, "repository", environment.Get(Variables.GitHubRepository));
                Append(text, "run", environment.Get(Variables.GitHubRunId));
                Append(text, "attempt", environment.Get(Variables.GitHubRunAttempt));
                Append(text, "job", environment.Get(Variables.GitHubJob));
                break;
        }
    }

    private static void Append(StringBuilder text, string name, string? value)
    {
        if (value is null)
        {
            return;
        }
        bool hasBar = false;
        foreach (char c in value)
        {
            hasBar |= c == '|';
            if (c < ' ' || c == '\x7f')
            {
                throw new BrokerException(
                    ErrorCode.SettingInvalid,
                    $"{name} holds a control character",
                    "look for a line break at the end of the value");
            }
        }
        text.Append(name).Append('=').Append(hasBar ? value.Replace("|", "||", StringComparison.Ordinal) : value).Append('|');
    }

    /// <summary>
    /// FNV-1a of 128 bits, in hexadecimal: a file name, not a proof. The entry holds the whole key and is compared with it,
    /// so that a collision of names costs a miss. (A cryptographic hash would start OpenSSL, for ten times the price of a hit.)
    /// </summary>
    private static string Fingerprint(string text)
    {
        UInt128 prime = new(0x0000000001000000, 0x000000000000013B);
        UInt128 hash = new(0x6C62272E07BB0142, 0x62B821756295C58D);
        foreach (char c in text)
        {
            hash = (hash ^ (byte)c) * prime;
            hash = (hash ^ (byte)(c >> 8)) * prime;
        }
        Span<char> digits = stackalloc char[32];
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            int digit = (int)((ulong)hash & 15);
            digits[i] = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
            hash >>= 4;
        }
        return new string(digits);
    }
}
