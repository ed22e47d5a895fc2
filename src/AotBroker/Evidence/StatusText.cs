using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Evidence.TextRow;

namespace AotBroker.Evidence;

/// <summary>The status for people.</summary>
internal static class StatusText
{
    /// <param name="report">The status.</param>
    /// <param name="inColour">With marks for what is right and what is not.</param>
    public static string Of(StatusReport report, bool inColour = false)
    {
        StringBuilder text = new();
        if (report.Profile is { } profile)
        {
            Profile(text, profile, report, Mark(report.Problem is null, inColour));
        }
        Append(text, "cache", report.Cache.IsUsable ? report.Cache.Path : "none", report.Cache.Origin);
        foreach (CachePlaces.SkippedPlace other in report.Cache.PassedOver)
        {
            Append(text, "skipped", other.Path, $"{other.Origin}: {other.Reason}");
        }
        if (report.Profile is not null)
        {
            Credential(text, report, inColour);
        }
        text.Append("\nWhat each client would use here\n");
        foreach (ClientPrecedence.Verdict verdict in report.Clients)
        {
            Append(text, "  " + verdict.Client, verdict.Source, verdict.Reason, report.Profile is FederatedProfile ? Mark(verdict.IsFederation, inColour) : "");
        }
        return text.ToString();
    }

    private static void Profile(StringBuilder text, ResolvedProfile profile, StatusReport report, string mark)
    {
        Append(text, "profile", profile.Name, "selected by " + profile.SelectedBy, mark);
        if (profile.File is { } file)
        {
            Append(text, "file", file, null);
        }
        Setting(text, "endpoint", profile.BaseUrl);
        if (profile is FederatedProfile federated)
        {
            Federation(text, federated);
        }
        else
        {
            Login(text, (LoginProfile)profile, report);
        }
    }

    private static void Login(StringBuilder text, LoginProfile login, StatusReport report)
    {
        Setting(text, "organization", login.OrganizationId);
        Setting(text, "workspace", login.WorkspaceId);
        string? origin = report.Login is null ? null : report.Login.RefreshToken is null ? "without a refresh token" : "with a refresh token";
        Append(text, "login", login.CredentialsFile, origin);
        Append(text, "client", login.ClientId ?? "none", login.ClientId is null ? "so the login is not renewed" : login.File);
        if (report.Rescue is { } rescue)
        {
            Append(text, "kept", rescue, "the file could not be written when the login was renewed");
        }
    }

    private static void Federation(StringBuilder text, FederatedProfile profile)
    {
        if (profile.Federation is { } federation)
        {
            Setting(text, "federation rule", federation.FederationRuleId);
            Setting(text, "organization", federation.OrganizationId);
            Setting(text, "service account", federation.ServiceAccountId);
            if (profile.File is null && !federation.ServiceAccountId.IsSet)
            {
                Append(text, "service account", "not set", $"{Variables.ServiceAccountId}, which Anthropic's reference lists with the rule and the organization");
            }
            Setting(text, "workspace", federation.WorkspaceId);
        }
        else
        {
            Append(text, "exchange", profile.Exchange.Settings.Type, profile.File);
        }
        string identity = profile.Identity.Settings switch
        {
            FileIdentity source => "file " + source.Path,
            LiteralIdentity source => "variable " + source.Variable,
            AutoIdentity => "found when it is needed",
            var other => other.Source,
        };
        Append(text, "identity", identity, profile.IdentityOrigin);
        Append(text, "token", profile.Exchange.IsSingleUse ? "presented once" : "may be presented again", "single_use of the exchange");
    }

    private static void Setting(StringBuilder text, string label, Setting setting)
    {
        if (setting.Value is { } value)
        {
            Append(text, label, value, setting.Origin);
        }
    }

    private static void Credential(StringBuilder text, StatusReport report, bool inColour)
    {
        if (report.Distrust is { } reason)
        {
            Append(text, "credential", "not used", reason, Mark(false, inColour));
        }
        else if (report.Credential is not { } credential)
        {
            Append(text, "credential", report.Profile is LoginProfile ? "none" : "none yet", report.Profile is LoginProfile ? "there is no login that can be used" : "the next process exchanges");
        }
        else if (!credential.Expires)
        {
            Append(text, "credential", "does not expire", null, Mark(true, inColour));
        }
        else
        {
            long remaining = credential.RemainingAt(report.Now);
            Append(text, "credential", remaining > 0 ? $"good for {Times.Duration(remaining)}" : $"expired {Times.Ago(credential.ExpiresAt, report.Now)}",
                (report.Login is null ? $"minted {Times.Utc(credential.IssuedAt)}, " : "") + $"expires {Times.Utc(credential.ExpiresAt)}",
                Mark(remaining > 0, inColour));
        }
        if (report.Refusal is { } refusal)
        {
            Append(text, "last failure", $"{ErrorCodes.NameOf((ErrorCode)refusal.Code)} {refusal.Message}", $"{Times.Ago(refusal.RefusedAt, report.Now)}; retries are held back for {Times.Duration(refusal.Until - report.Now)}", Mark(false, inColour));
        }
    }
}
