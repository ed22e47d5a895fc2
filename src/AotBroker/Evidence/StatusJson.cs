using System.Buffers;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Evidence;

/// <summary>The status for programs.</summary>
internal static class StatusJson
{
    public static byte[] Of(StatusReport report)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            Profile(writer, report.Profile, report);
            Problem(writer, report.Problem);
            Cache(writer, report);
            Clients(writer, report);
            writer.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Profile(Utf8JsonWriter writer, ResolvedProfile? profile, StatusReport report)
    {
        if (profile is null)
        {
            writer.WriteNull("profile");
            return;
        }
        writer.WriteStartObject("profile");
        writer.WriteString("name", profile.Name);
        writer.WriteString("selected_by", profile.SelectedBy);
        writer.WriteString("file", profile.File);
        writer.WriteStartObject("settings");
        Setting(writer, "base_url", profile.BaseUrl);
        if (profile is FederatedProfile federated)
        {
            Federation(writer, federated);
        }
        else
        {
            Login(writer, (LoginProfile)profile, report);
        }
        writer.WriteEndObject();
    }

    private static void Login(Utf8JsonWriter writer, LoginProfile login, StatusReport report)
    {
        Setting(writer, "organization_id", login.OrganizationId);
        Setting(writer, "workspace_id", login.WorkspaceId);
        Setting(writer, "client_id", new Setting(login.ClientId, login.File!));
        writer.WriteEndObject();
        writer.WriteStartObject("login");
        writer.WriteString("credentials_file", login.CredentialsFile);
        if (report.Login is { } stored)
        {
            writer.WriteBoolean("has_refresh_token", stored.RefreshToken is not null);
        }
        if (report.Rescue is { } rescue)
        {
            writer.WriteString("kept_in", rescue);
        }
        writer.WriteEndObject();
    }

    private static void Federation(Utf8JsonWriter writer, FederatedProfile profile)
    {
        if (profile.Federation is { } federation)
        {
            Setting(writer, "federation_rule_id", federation.FederationRuleId);
            Setting(writer, "organization_id", federation.OrganizationId);
            Setting(writer, "service_account_id", federation.ServiceAccountId);
            Setting(writer, "workspace_id", federation.WorkspaceId);
        }
        writer.WriteEndObject();
        writer.WriteString("exchange", profile.Exchange.Settings.Type);
        writer.WriteBoolean("single_use", profile.Exchange.IsSingleUse);
        writer.WriteStartObject("identity");
        writer.WriteString("source", profile.Identity.Settings.Source);
        if (profile.Identity.Settings is FileIdentity file)
        {
            writer.WriteString("path", file.Path);
        }
        if (profile.Identity.Settings is LiteralIdentity literal)
        {
            writer.WriteString("variable", literal.Variable);
        }
        writer.WriteString("origin", profile.IdentityOrigin);
        writer.WriteEndObject();
    }

    private static void Setting(Utf8JsonWriter writer, string name, Setting setting)
    {
        if (setting.Value is not { } value)
        {
            return;
        }
        writer.WriteStartObject(name);
        writer.WriteString("value", value);
        writer.WriteString("origin", setting.Origin);
        writer.WriteEndObject();
    }

    public static void Problem(Utf8JsonWriter writer, BrokerException? problem)
    {
        if (problem is null)
        {
            return;
        }
        writer.WriteStartObject("problem");
        writer.WriteString("code", ErrorCodes.NameOf(problem.Code));
        writer.WriteString("message", problem.Message);
        writer.WriteStartArray("hints");
        foreach (string hint in problem.Hints)
        {
            writer.WriteStringValue(hint);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void Cache(Utf8JsonWriter writer, StatusReport report)
    {
        writer.WriteStartObject("cache");
        writer.WriteString("directory", report.Cache.IsUsable ? report.Cache.Path : null);
        writer.WriteString("origin", report.Cache.Origin);
        if (report.Cache.PassedOver.Count > 0)
        {
            PassedOver(writer, report.Cache);
        }
        if (report.Distrust is { } reason)
        {
            writer.WriteString("not_used", reason);
        }
        if (report.Credential is { } credential)
        {
            writer.WriteStartObject("credential");
            if (report.Login is null)
            {
                writer.WriteNumber("issued_at", credential.IssuedAt);
            }
            if (credential.Expires)
            {
                writer.WriteNumber("expires_at", credential.ExpiresAt);
                writer.WriteNumber("expires_in", Math.Max(0, credential.RemainingAt(report.Now)));
            }
            if (report.Login is null)
            {
                writer.WriteString("request_id", credential.RequestId);
            }
            writer.WriteEndObject();
        }
        if (report.Refusal is { } refusal)
        {
            writer.WriteStartObject("failure");
            writer.WriteString("code", ErrorCodes.NameOf((ErrorCode)refusal.Code));
            writer.WriteString("message", refusal.Message);
            writer.WriteNumber("refused_at", refusal.RefusedAt);
            writer.WriteNumber("until", refusal.Until);
            writer.WriteEndObject();
        }
        writer.WriteEndObject();
    }

    private static void PassedOver(Utf8JsonWriter writer, CacheDirectory cache)
    {
        writer.WriteStartArray("passed_over");
        foreach (CachePlaces.SkippedPlace other in cache.PassedOver)
        {
            writer.WriteStartObject();
            writer.WriteString("directory", other.Path);
            writer.WriteString("origin", other.Origin);
            writer.WriteString("reason", other.Reason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Clients(Utf8JsonWriter writer, StatusReport report)
    {
        writer.WriteStartArray("clients");
        foreach (ClientPrecedence.Verdict verdict in report.Clients)
        {
            writer.WriteStartObject();
            writer.WriteString("client", verdict.Client);
            writer.WriteString("source", verdict.Source);
            writer.WriteString("reason", verdict.Reason);
            writer.WriteBoolean("federation", verdict.IsFederation);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteStartArray("static_keys");
        foreach (string variable in report.StaticKeys)
        {
            writer.WriteStringValue(variable);
        }
        writer.WriteEndArray();
    }
}
