using AotBroker.Identity;
using AotBroker.Reporting;

namespace AotBroker.Evidence;

/// <summary>Who the workload is, for programs: docs/identity-command.md describes every member.</summary>
internal static class IdentityJson
{
    /// <param name="report">What to report.</param>
    /// <param name="withToken">The caller asked for the token itself.</param>
    public static byte[] Of(IdentityReport report, bool withToken)
    {
        JsonLine line = new JsonLine().BeginObject();
        Profile(line, report);
        PassedOver(line, report);
        Identity(line, report);
        Token(line, report, withToken);
        return line.Number("now", report.Now).Problem(report.Problem).EndObject().ToUtf8();
    }

    private static void Profile(JsonLine line, IdentityReport report)
    {
        if (report.Profile is null)
        {
            line.Null("profile");
            return;
        }
        line.BeginObject("profile");
        line.String("name", report.Profile);
        line.String("selected_by", report.SelectedBy);
        line.String("file", report.Choice?.File);
        line.EndObject();
    }

    private static void PassedOver(JsonLine line, IdentityReport report)
    {
        line.BeginArray("passed_over");
        foreach (SkippedSource one in report.Skipped)
        {
            line.BeginObject();
            line.String("source", one.Source);
            line.String("reason", one.Reason);
            line.EndObject();
        }
        line.EndArray();
    }

    private static void Identity(JsonLine line, IdentityReport report)
    {
        if (report.Choice is not { } choice)
        {
            line.Null("identity");
            return;
        }
        line.BeginObject("identity");
        line.String("source", choice.Source.Settings.Source);
        line.String("origin", choice.Origin);
        line.String("description", report.Description);
        line.String("supply", report.Supply switch
        {
            TokenSupply.Minted => "minted",
            TokenSupply.Cached => "cached",
            TokenSupply.Fixed => "fixed",
            _ => null,
        });
        line.EndObject();
    }

    private static void Token(JsonLine line, IdentityReport report, bool withToken)
    {
        if (report.Token is not { } token)
        {
            line.Null("claims");
            return;
        }
        line.BeginObject("claims");
        Text(line, "iss", token.Issuer);
        Text(line, "sub", token.Subject);
        Text(line, "aud", token.Audience);
        Number(line, "iat", token.IssuedAt);
        Number(line, "nbf", token.NotBefore);
        Number(line, "exp", token.ExpiresAt);
        Text(line, "jti", token.Id);
        Text(line, "kid", token.KeyId);
        foreach ((string name, string? value) in WorkflowClaims.Of(token))
        {
            Text(line, name, value);
        }
        line.EndObject();
        Number(line, "expires_in", token.ExpiresAt is { } expiresAt ? Math.Max(0, expiresAt - report.Now) : null);
        Number(line, "rotates_at", report.RotatesAt);
        Number(line, "server_time", token.ServerTime);
        if (withToken)
        {
            line.String("token", token.Reveal());
        }
    }

    private static void Text(JsonLine line, string name, string? value)
    {
        if (value is not null)
        {
            line.String(name, value);
        }
    }

    private static void Number(JsonLine line, string name, long? value)
    {
        if (value is { } number)
        {
            line.Number(name, number);
        }
    }
}
