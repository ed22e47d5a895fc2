using System.Text;
using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Runtime;
using static AotBroker.Evidence.TextRow;

namespace AotBroker.Evidence;

/// <summary>Who the workload is, for people.</summary>
internal static class IdentityText
{
    private const int LongestClaim = 500;

    /// <summary>How far clocks may differ before it is worth reporting, in seconds: an answer takes time too.</summary>
    private const long Unremarkable = 5;

    public static string Of(IdentityReport report)
    {
        StringBuilder text = new();
        if (report.Profile is { } profile)
        {
            Append(text, "profile", profile, "selected by " + report.SelectedBy);
        }
        if (report.Choice?.File is { } file)
        {
            Append(text, "file", file, null);
        }
        string label = "looked for";
        foreach (SkippedSource one in report.Skipped)
        {
            Append(text, label, one.Source, one.Reason);
            label = "";
        }
        if (report.Choice is { } choice)
        {
            Append(text, "identity", choice.Source.Settings.Source, choice.Origin);
        }
        if (report.Description is { } description)
        {
            Append(text, "source", description, Supply(report.Supply));
        }
        if (report.Token is { } token)
        {
            Claims(text, token, report.Now);
            Rotation(text, report);
            Clock(text, token, report.Now);
        }
        return text.ToString();
    }

    private static void Claims(StringBuilder text, IdentityToken token, long now)
    {
        text.Append("token\n");
        Claim(text, "iss", token.Issuer);
        Claim(text, "sub", token.Subject);
        Claim(text, "aud", token.Audience);
        Instant(text, "iat", token.IssuedAt, "issued", "to be issued", now);
        Instant(text, "nbf", token.NotBefore, "valid since", "not valid yet:", now);
        Instant(text, "exp", token.ExpiresAt, "expired", "expires", now);
        Claim(text, "jti", token.Id);
        Claim(text, "kid", token.KeyId);
        foreach ((string name, string? value) in WorkflowClaims.Of(token))
        {
            Claim(text, name, value ?? "(none)");
        }
        if (WorkflowClaims.FormOfSubject(token) is { } form)
        {
            Append(text, "form of sub", form, null);
        }
    }

    private static void Claim(StringBuilder text, string name, string? value)
    {
        if (value is not null)
        {
            Append(text, "  " + name, Redaction.Shorten(value, LongestClaim), null);
        }
    }

    private static void Instant(StringBuilder text, string name, long? value, string before, string after, long now)
    {
        if (value is { } instant)
        {
            Append(text, "  " + name, Times.Utc(instant), $"{(instant <= now ? before : after)} {Times.Ago(instant, now)}");
        }
    }

    private static void Rotation(StringBuilder text, IdentityReport report)
    {
        if (report.RotatesAt is { } rotatesAt)
        {
            Append(text, "next token", Times.Utc(rotatesAt), rotatesAt > report.Now ? Times.Ago(rotatesAt, report.Now) : $"due {Times.Ago(rotatesAt, report.Now)}");
        }
    }

    private static void Clock(StringBuilder text, IdentityToken token, long now)
    {
        if (token.ServerTime is { } there)
        {
            string difference = Math.Abs(there - now) <= Unremarkable
                ? "agrees with that of the service that gave the token"
                : $"{Times.Duration(there - now)} {(there > now ? "behind" : "ahead of")} that of the service that gave the token";
            Append(text, "clock", difference, $"here {Times.Utc(now)}, there {Times.Utc(there)}");
        }
        else if (token.IssuedAt is { } issuedAt && issuedAt - now > Unremarkable)
        {
            Append(text, "clock", $"at least {Times.Duration(issuedAt - now)} behind the issuer's", $"here {Times.Utc(now)}");
        }
    }

    private static string Supply(TokenSupply? supply) => supply switch
    {
        TokenSupply.Minted => "a new token for each exchange",
        TokenSupply.Fixed => "one token for the whole job",
        _ => "a token that the platform replaces",
    };
}
