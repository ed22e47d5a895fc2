using AotBroker.Clients.Editing;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients.Git;

/// <summary>git: a credential helper for each host that the profile serves, and no other helper for those.</summary>
internal sealed class GitSetup : ClientSetup
{
    private const string HelperKey = "helper";

    public override string Name => "git";

    public override string FileFor(string profile, ProcessEnvironment environment)
    {
        if (environment.Get("GIT_CONFIG_GLOBAL") is { } chosen)
        {
            return environment.Absolute(chosen);
        }
        string own = InHome(".gitconfig", environment);
        string other = environment.Get(Variables.XdgConfigHome) is { } config ? $"{environment.Absolute(config)}/git/config" : InHome(".config/git/config", environment);
        return Path.Exists(own) || !Path.Exists(other) ? own : other; // As `git config --global` chooses.
    }

    public override SetupPlan Plan(ResolvedProfile profile, string file, ProcessEnvironment environment)
    {
        new GitFormat().RequireCarries(profile.Kind, profile.Name);
        BrokerInvocation command = BrokerInvocation.Calling(profile.Name, new GitProtocol().Name, "--profile", profile.Name);
        // git takes an absolute path as it is; what begins with a quote has to be marked as the shell's.
        string helper = (command.IsPlain ? "" : "!") + command.InShell();
        string setting = $"{HelperKey} = {GitConfigText.Quoted(helper)}";
        List<string> urls = Urls(profile);
        string[] sections = Array.ConvertAll([.. urls], url =>
        {
            string path = RequestedUrl.TryParse(url.Replace("*.", "", StringComparison.Ordinal))?.Path is null or "" or "/" ? "" : "\tuseHttpPath = true\n";
            return $"""
                [credential "{GitConfigText.Escaped(url)}"]
                	# No other helper is asked before, or given the credential to keep.
                	{HelperKey} =
                	{setting}
                {path}
                """;
        });
        return new SetupPlan
        {
            File = file,
            Lines = string.Concat(sections),
            Edit = text => Put(text, urls, sections, OctetText.Of(helper), OctetText.Of(setting)),
        };
    }

    private static FileEdit Put(string text, List<string> urls, string[] sections, string helper, string setting)
    {
        for (int i = 0; i < sections.Length; i++)
        {
            FileEdit edit = GitConfigText.Put(text, urls[i], helper, setting, OctetText.Of(sections[i]));
            if (edit.Text is null)
            {
                return edit;
            }
            text = edit.Text;
        }
        return FileEdit.To(text);
    }

    private static List<string> Urls(ResolvedProfile profile)
    {
        List<string> urls = [];
        foreach (string host in HostsOf(profile))
        {
            string address = host.TrimEnd('/');
            if (address.Contains("://", StringComparison.Ordinal))
            {
                urls.Add(address);
                continue;
            }
            urls.Add("https://" + address);
            if (RequestedUrl.TryParse(host) is { IsLoopback: true })
            {
                urls.Add("http://" + address);
            }
        }
        return urls;
    }
}
