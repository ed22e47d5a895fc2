using System.Buffers;
using System.Text.Json;
using AotBroker.Identity;

namespace AotBroker.Evidence;

/// <summary>Who the workload is, for programs: docs/identity-command.md describes every member.</summary>
internal static class IdentityJson
{
    /// <param name="report">What to tell.</param>
    /// <param name="withToken">The caller asked for the token itself.</param>
    public static byte[] Of(IdentityReport report, bool withToken)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            Profile(writer, report);
            PassedOver(writer, report);
            Identity(writer, report);
            Token(writer, report, withToken);
            writer.WriteNumber("now", report.Now);
            StatusJson.Problem(writer, report.Problem);
            writer.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Profile(Utf8JsonWriter writer, IdentityReport report)
    {
        if (report.Profile is null)
        {
            writer.WriteNull("profile");
            return;
        }
        writer.WriteStartObject("profile");
        writer.WriteString("name", report.Profile);
        writer.WriteString("selected_by", report.SelectedBy);
        writer.WriteString("file", report.Choice?.File);
        writer.WriteEndObject();
    }

    private static void PassedOver(Utf8JsonWriter writer, IdentityReport report)
    {
        writer.WriteStartArray("passed_over");
        foreach (SkippedSource one in report.PassedOver)
        {
            writer.WriteStartObject();
            writer.WriteString("source", one.Source);
            writer.WriteString("reason", one.Reason);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private static void Identity(Utf8JsonWriter writer, IdentityReport report)
    {
        if (report.Choice is not { } choice)
        {
            writer.WriteNull("identity");
            return;
        }
        writer.WriteStartObject("identity");
        writer.WriteString("source", choice.Source.Settings.Source);
        writer.WriteString("origin", choice.Origin);
        writer.WriteString("description", report.Description);
        writer.WriteString("supply", report.Supply switch
        {
            TokenSupply.Minted => "minted",
            TokenSupply.Cached => "cached",
            TokenSupply.Fixed => "fixed",
            _ => null,
        });
        writer.WriteEndObject();
    }

    private static void Token(Utf8JsonWriter writer, IdentityReport report, bool withToken)
    {
        if (report.Token is not { } token)
        {
            writer.WriteNull("claims");
            return;
        }
        writer.WriteStartObject("claims");
        Text(writer, "iss", token.Issuer);
        Text(writer, "sub", token.Subject);
        Text(writer, "aud", token.Audience);
        Number(writer, "iat", token.IssuedAt);
        Number(writer, "nbf", token.NotBefore);
        Number(writer, "exp", token.ExpiresAt);
        Text(writer, "jti", token.Id);
        Text(writer, "kid", token.KeyId);
        foreach ((string name, string? value) in WorkflowClaims.Of(token))
        {
            Text(writer, name, value);
        }
        writer.WriteEndObject();
        Number(writer, "expires_in", token.ExpiresAt is { } expiresAt ? Math.Max(0, expiresAt - report.Now) : null);
        Number(writer, "rotates_at", report.RotatesAt);
        Number(writer, "server_time", token.ServerTime);
        if (withToken)
        {
            writer.WriteString("token", token.Reveal());
        }
    }

    private static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }
}
