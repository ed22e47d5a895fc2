using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Evidence;

/// <summary>The status for programs.</summary>
internal static class StatusJson
{
    public static byte[] Of(StatusReport report)
    {
        JsonLine line = new JsonLine().BeginObject();
        Profile(line, report.Profile, report);
        line.Problem(report.Problem);
        Cache(line, report);
        Clients(line, report);
        return line.EndObject().ToUtf8();
    }

    private static void Profile(JsonLine line, ResolvedProfile? profile, StatusReport report)
    {
        if (profile is null)
        {
            line.Null("profile");
            return;
        }
        line.BeginObject("profile");
        line.String("name", profile.Name);
        line.String("selected_by", profile.SelectedBy);
        line.String("file", profile.File);
        line.BeginObject("settings");
        Setting(line, "base_url", profile.BaseUrl);
        if (profile is FederatedProfile federated)
        {
            Federation(line, federated);
        }
        else
        {
            Login(line, (LoginProfile)profile, report);
        }
        line.EndObject();
    }

    private static void Login(JsonLine line, LoginProfile login, StatusReport report)
    {
        Setting(line, "organization_id", login.OrganizationId);
        Setting(line, "workspace_id", login.WorkspaceId);
        Setting(line, "client_id", new Setting(login.ClientId, login.File!));
        line.EndObject();
        line.BeginObject("login");
        line.String("credentials_file", login.CredentialsFile);
        if (report.Login is { } stored)
        {
            line.Boolean("has_refresh_token", stored.RefreshToken is not null);
        }
        if (report.Rescue is { } rescue)
        {
            line.String("kept_in", rescue);
        }
        line.EndObject();
    }

    private static void Federation(JsonLine line, FederatedProfile profile)
    {
        if (profile.Federation is { } federation)
        {
            Setting(line, "federation_rule_id", federation.FederationRuleId);
            Setting(line, "organization_id", federation.OrganizationId);
            Setting(line, "service_account_id", federation.ServiceAccountId);
            Setting(line, "workspace_id", federation.WorkspaceId);
        }
        line.EndObject();
        line.String("exchange", profile.Exchange.Settings.Type);
        line.Boolean("single_use", profile.Exchange.IsSingleUse);
        line.BeginObject("identity");
        line.String("source", profile.Identity.Settings.Source);
        if (profile.Identity.Settings is FileIdentity file)
        {
            line.String("path", file.Path);
        }
        if (profile.Identity.Settings is LiteralIdentity literal)
        {
            line.String("variable", literal.Variable);
        }
        line.String("origin", profile.IdentityOrigin);
        line.EndObject();
    }

    private static void Setting(JsonLine line, string name, Setting setting)
    {
        if (setting.Value is not { } value)
        {
            return;
        }
        line.BeginObject(name);
        line.String("value", value);
        line.String("origin", setting.Origin);
        line.EndObject();
    }

    private static void Cache(JsonLine line, StatusReport report)
    {
        line.BeginObject("cache");
        line.String("directory", report.Cache.IsUsable ? report.Cache.Path : null);
        line.String("origin", report.Cache.Origin);
        if (report.Cache.PassedOver.Count > 0)
        {
            PassedOver(line, report.Cache);
        }
        if (report.Distrust is { } reason)
        {
            line.String("not_used", reason);
        }
        if (report.Credential is { } credential)
        {
            line.BeginObject("credential");
            if (report.Login is null)
            {
                line.Number("issued_at", credential.IssuedAt);
            }
            if (credential.Expires)
            {
                line.Number("expires_at", credential.ExpiresAt);
                line.Number("expires_in", Math.Max(0, credential.RemainingAt(report.Now)));
            }
            if (report.Login is null)
            {
                line.String("request_id", credential.RequestId);
            }
            line.EndObject();
        }
        if (report.Refusal is { } refusal)
        {
            line.BeginObject("failure");
            line.String("code", ErrorCodes.NameOf((ErrorCode)refusal.Code));
            line.String("message", refusal.Message);
            line.Number("refused_at", refusal.RefusedAt);
            line.Number("until", refusal.Until);
            line.EndObject();
        }
        line.EndObject();
    }

    private static void PassedOver(JsonLine line, CacheDirectory cache)
    {
        line.BeginArray("passed_over");
        foreach (CachePlaces.SkippedPlace other in cache.PassedOver)
        {
            line.BeginObject();
            line.String("directory", other.Path);
            line.String("origin", other.Origin);
            line.String("reason", other.Reason);
            line.EndObject();
        }
        line.EndArray();
    }

    private static void Clients(JsonLine line, StatusReport report)
    {
        line.BeginArray("clients");
        foreach (ClientPrecedence.Verdict verdict in report.Clients)
        {
            line.BeginObject();
            line.String("client", verdict.Client);
            line.String("source", verdict.Source);
            line.String("reason", verdict.Reason);
            line.Boolean("federation", verdict.IsFederation);
            line.EndObject();
        }
        line.EndArray();
        line.Strings("static_keys", [.. report.StaticKeys]);
    }
}
