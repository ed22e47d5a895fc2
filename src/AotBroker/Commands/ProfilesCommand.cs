using System.Text;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Reporting;

namespace AotBroker.Commands;

/// <summary>`profiles`: the profiles that a name can stand for, and where each one is. It shows no secrets and uses no network.</summary>
internal static class ProfilesCommand
{
    public const string Verb = "profiles";

    public static int Run(bool json, Session session)
    {
        List<ListedProfile> profiles = ProfileList.Of(session.Environment);
        session.Write(json ? Json(profiles) : Text(profiles));
        foreach (ListedProfile one in profiles)
        {
            if (one.Problem is { } problem)
            {
                session.Reporter.Warning(problem.Code, problem.Message, problem.Hints);
            }
        }
        if (profiles.Count == 0 && !json)
        {
            session.Reporter.Note("there are no profiles; `aotbroker status` shows where they are looked for");
        }
        return 0;
    }

    private static byte[] Text(List<ListedProfile> profiles)
    {
        int width = 0;
        foreach (ListedProfile one in profiles)
        {
            width = Math.Max(width, one.Name.Length);
        }
        StringBuilder text = new();
        foreach (ListedProfile one in profiles)
        {
            text.Append(one.Name.PadRight(width)).Append("  ").Append((one.Kind ?? "(cannot be read)").PadRight(16)).Append("  ").Append(Redaction.Printable(one.File))
                .Append(one.IsHidden ? "  (hidden by the previous one)" : "").Append('\n');
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Json(List<ListedProfile> profiles)
    {
        JsonLine line = new JsonLine().BeginObject().BeginArray("profiles");
        foreach (ListedProfile one in profiles)
        {
            line.BeginObject().String("name", one.Name).String("file", one.File);
            _ = one.Kind is { } kind ? line.String("exchange", kind) : line.Problem(one.Problem);
            line.Boolean("hidden", one.IsHidden).EndObject();
        }
        return line.EndArray().EndObject().ToUtf8();
    }
}
