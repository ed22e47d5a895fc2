using System.Text;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Clients.Editing;
using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>
/// `setup`: writes the few lines that a client's configuration needs to call this program, and nothing secret. A second run
/// changes nothing; its own lines that say something else are corrected; all other lines stay.
/// </summary>
internal static class SetupCommand
{
    public const string Verb = "setup";

    private const string NameOfProfile = "NAME";

    /// <exception cref="BrokerException"><see cref="ErrorCode.SetUpFailed"/>, after the lines have been shown; or the profile does not fit the client.</exception>
    public static int Run(SetupOptions options, Session session)
    {
        if (options.Client is not { } name)
        {
            session.Write(List(options.Json, session.Environment));
            return 0;
        }
        ClientSetup client = ClientSetups.Find(name) ?? throw Unknown(name);
        ResolvedProfile profile = ProfileResolver.ResolveExchange(options.Profile, session.Environment);
        session.Warn(profile.File, profile.Warnings);
        _ = (profile as FederatedProfile)?.Exchange.Check(); // What variables filled in goes into the client's file.
        if (profile.File is null)
        {
            throw new BrokerException(ErrorCode.Usage, $"the profile that applies (from {profile.SelectedBy}) is defined by this process's variables, which the client's calls may not have", "name one that is in a file, with --profile");
        }
        string file = options.File is { } chosen ? session.Environment.Absolute(chosen) : client.FileFor(profile.Name, session.Environment);
        SetupPlan plan = client.Plan(profile, file, session.Environment);
        return options.Print ? Print(name, profile, plan, options.Json, session) : Write(name, profile, plan, options.Json, session);
    }

    private static int Print(string client, ResolvedProfile profile, SetupPlan plan, bool json, Session session)
    {
        session.Write(json ? Json(client, profile, plan, "printed") : Encoding.UTF8.GetBytes(plan.Lines));
        ShowNext(json, [$"these lines are for {plan.File}", .. plan.Next], session);
        return 0;
    }

    private static int Write(string client, ResolvedProfile profile, SetupPlan plan, bool json, Session session)
    {
        (FileState state, string? reason) = ClientFile.Change(plan.File, plan.Edit);
        string word = state switch { FileState.Kept => "kept", FileState.Written => "written", _ => "refused" };
        if (state == FileState.Refused)
        {
            string paste = $"or add the lines from {(json ? "\"lines\"" : "standard output")} there yourself";
            BrokerException refused = new(ErrorCode.SetUpFailed, $"{plan.File} was left as it is: {reason}", plan.Otherwise is { } command ? [$"or run `{command}`", paste] : [paste]);
            session.Write(json ? Json(client, profile, plan, word, refused) : Encoding.UTF8.GetBytes(plan.Lines));
            throw refused;
        }
        session.Write(json ? Json(client, profile, plan, word) : Encoding.UTF8.GetBytes($"{word} {Redaction.Printable(plan.File)}\n"));
        ShowNext(json, plan.Next, session);
        return 0;
    }

    /// <summary>The remaining steps are for people; standard output holds what a script may want.</summary>
    private static void ShowNext(bool json, IReadOnlyList<string> next, Session session)
    {
        for (int i = 0; i < next.Count && !json; i++)
        {
            session.Reporter.Note(next[i]);
        }
    }

    private static BrokerException Unknown(string client)
    {
        string known = "the clients are " + string.Join(", ", ClientSetups.Names);
        string message = $"there is no client \"{client}\"";
        string? begun = client.Length > 2 ? Array.Find(ClientSetups.Names, one => one.StartsWith(client, StringComparison.Ordinal)) : null;
        return (begun ?? SchemaText.Nearest(client, ClientSetups.Names)) is { } nearest
            ? new BrokerException(ErrorCode.Usage, message, $"did you mean `{nearest}`?", known)
            : new BrokerException(ErrorCode.Usage, message, known);
    }

    private static byte[] List(bool json, ProcessEnvironment environment)
    {
        StringBuilder text = new();
        JsonLine line = new JsonLine().BeginObject().BeginObject("clients");
        foreach (ClientSetup client in ClientSetups.All)
        {
            string file = client.FileFor(NameOfProfile, environment);
            text.Append(client.Name.PadRight(12)).Append(' ').Append(Redaction.Printable(file)).Append('\n');
            line.String(client.Name, file);
        }
        return json ? line.EndObject().EndObject().ToUtf8() : Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Json(string client, ResolvedProfile profile, SetupPlan plan, string state, BrokerException? problem = null) => new JsonLine().BeginObject()
        .String("client", client)
        .String("profile", profile.Name)
        .String("file", plan.File)
        .String("state", state)
        .String("lines", plan.Lines)
        .Strings("next", [.. plan.Next])
        .Problem(problem)
        .EndObject().ToUtf8();
}
