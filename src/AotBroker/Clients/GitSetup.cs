using AotBroker.Helpers;
using AotBroker.Output;
using AotBroker.Profiles;

namespace AotBroker.Clients;

/// <summary>git: a credential helper for each host that the profile serves, and no other helper for those.</summary>
internal static class GitSetup
{
    public const string Name = "git";

    public static string File(ProcessEnvironment environment)
    {
        if (environment.Get("GIT_CONFIG_GLOBAL") is { } chosen)
        {
            return environment.Absolute(chosen);
        }
        string own = ClientSetups.InHome(".gitconfig", environment);
        string other = environment.Get(Variables.XdgConfigHome) is { } config ? $"{environment.Absolute(config)}/git/config" : ClientSetups.InHome(".config/git/config", environment);
        return Path.Exists(own) || !Path.Exists(other) ? own : other; // As `git config --global` chooses.
    }

    public static ClientSetup Of(ResolvedProfile profile, string file)
    {
        CredentialFormats.Choose(GitFormat.Name, profile.Kind, profile.Name);
        HelperCommand command = HelperCommand.Calling(profile.Name, GitProtocol.Name, "--profile", profile.Name);
        // git takes an absolute path as it is; what begins with a quote has to be told as the shell's.
        string helper = (command.IsPlain ? "" : "!") + command.InShell();
        string setting = $"{HelperKey} = {GitConfigText.Quoted(helper)}";
        List<(string Url, string Section)> sections = [];
        foreach (string url in Urls(profile))
        {
            string path = RequestedUrl.TryParse(url.Replace("*.", "", StringComparison.Ordinal))?.Path is null or "" or "/" ? "" : "\tuseHttpPath = true\n";
            sections.Add((url, $"""
                [credential "{GitConfigText.Escaped(url)}"]
                	# No other helper is asked before, or given the credential to keep.
                	{HelperKey} =
                	{setting}
                {path}
                """));
        }
        return new ClientSetup
        {
            File = file,
            Lines = string.Concat(sections.ConvertAll(static one => one.Section)),
            Edit = text => Put(text, sections, OctetText.Of(helper), OctetText.Of(setting)),
        };
    }

    private const string HelperKey = "helper";

    private static FileEdit Put(string text, List<(string Url, string Section)> sections, string helper, string setting)
    {
        foreach ((string url, string section) in sections)
        {
            FileEdit edit = GitConfigText.Put(text, url, helper, setting, OctetText.Of(section));
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
        foreach (string host in ClientSetups.HostsOf(profile))
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
