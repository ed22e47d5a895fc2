using AotBroker.Brokering;
using AotBroker.Exchange;
using AotBroker.Settings;

namespace AotBroker.Clients.Keyring;

/// <summary>
/// The program `keyring`, as pip, uv and PDM call it: `get SERVICE USER` prints the password, and with
/// `--mode creds` the user name before it. Exit code 1 means that there is none.
/// </summary>
internal static class KeyringProtocol
{
    public const string Name = "keyring";
    public const string LinkName = "keyring";

    public static int Run(HelperCall call, Session session)
    {
        List<string> words = [.. call.Words];
        string mode = Option(words, "--mode") ?? "password";
        if (words is not ["get", { } service, ..] || words.Count > 3 || mode is not ("password" or "creds"))
        {
            throw HelperProtocols.UnknownVerb(call with { Words = [.. words] }, "get SERVICE USER", "get SERVICE --mode creds");
        }
        if (RequestedUrl.TryParse(service) is not { } asked || ServingProfile.Find(call, asked, session) is not { } profile)
        {
            return 1;
        }
        OutputCredential presented = HelperCall.Obtain(profile, KeyringFormat.Name, Session.DefaultTimeout, session);
        string? user = words is [_, _, { Length: > 0 } named] ? named : null; // PDM names an empty one where it knows none.
        if (presented.Credential.Fields is not null && user is not null && user != presented.BasicUser())
        {
            return 1;
        }
        presented = presented with { UserName = presented.UserName ?? user };
        session.Write(mode == "creds" ? KeyringFormat.WriteWithUser(presented) : KeyringFormat.Write(presented));
        return 0;
    }

    /// <summary>Takes an option out, wherever it stands.</summary>
    private static string? Option(List<string> words, string name)
    {
        for (int i = 0; i < words.Count; i++)
        {
            if (words[i].StartsWith(name + "=", StringComparison.Ordinal))
            {
                string value = words[i][(name.Length + 1)..];
                words.RemoveAt(i);
                return value;
            }
            if (words[i] == name && i + 1 < words.Count)
            {
                string value = words[i + 1];
                words.RemoveRange(i, 2);
                return value;
            }
        }
        return null;
    }
}
