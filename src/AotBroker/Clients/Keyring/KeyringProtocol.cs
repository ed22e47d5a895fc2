using AotBroker.Brokering;
using AotBroker.Settings;

namespace AotBroker.Clients.Keyring;

/// <summary>
/// The program `keyring`, as pip, uv and PDM call it: `get SERVICE USER` prints the password, and with
/// `--mode creds` the user name before it. Exit code 1 means that there is none.
/// </summary>
internal sealed class KeyringProtocol : HelperProtocol
{
    public override string Name => "keyring";

    public override string Description => "The program that pip, uv and PDM call: get SERVICE USER";

    public override HelperLink? Link => new("keyring", TakesProfile: false);

    public override int Run(HelperCall call, Session session)
    {
        List<string> words = [.. call.Words];
        string mode = Option(words, "--mode") ?? "password";
        if (words is not ["get", { } service, ..] || words.Count > 3 || mode is not ("password" or "creds"))
        {
            throw UnknownVerb(call with { Words = [.. words] }, "get SERVICE USER", "get SERVICE --mode creds");
        }
        if (RequestedUrl.TryParse(service) is not { } asked || ServingProfile.Find(call, asked, session) is not { } profile)
        {
            return 1;
        }
        OutputCredential output = Obtain(profile, new KeyringFormat(), Session.DefaultTimeout, session);
        string? user = words is [_, _, { Length: > 0 } named] ? named : null; // PDM passes an empty one if it knows none.
        if (output.Credential.Fields is not null && user is not null && user != output.BasicUser())
        {
            return 1;
        }
        output = output with { UserName = output.UserName ?? user };
        session.Write(mode == "creds" ? KeyringFormat.WriteWithUser(output) : new KeyringFormat().Write(output));
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
