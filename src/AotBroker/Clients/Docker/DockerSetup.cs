using AotBroker.Clients.Editing;
using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients.Docker;

/// <summary>Docker: a credential helper for each registry that the profile serves, found by its link's name in PATH.</summary>
internal sealed class DockerSetup : ClientSetup
{
    private const string Key = "credHelpers";
    private const string Helper = Product.Name;
    private const string Unit = "\t";

    public override string Name => "docker";

    public override string FileFor(string profile, ProcessEnvironment environment) =>
        environment.Get("DOCKER_CONFIG") is { } directory ? $"{environment.Absolute(directory)}/config.json" : InHome(".docker/config.json", environment);

    public override SetupPlan Plan(ResolvedProfile profile, string file, ProcessEnvironment environment)
    {
        new DockerFormat().RequireCarries(profile.Kind, profile.Name);
        string helper = $"{Helper}-{profile.Name}";
        List<string> registries = [];
        List<string> next = [];
        foreach (string host in HostsOf(profile))
        {
            if (DockerProtocol.RegistryOf(host) is not { } registry)
            {
                next.Add($"Docker asks only by host, so it never asks for {host}: name whole hosts in \"serves\"");
                continue;
            }
            if (!registries.Contains(registry))
            {
                registries.Add(registry);
            }
        }
        if (registries.Count == 0)
        {
            throw new BrokerException(ErrorCode.Usage, $"profile \"{profile.Name}\" serves no host that Docker can ask for", next);
        }
        string link = $"{DockerProtocol.LinkName}-{profile.Name}";
        if (!IsInPath(link, environment))
        {
            next.Add($"Docker looks for {link} in PATH: `{Product.Name} link --profile {profile.Name} DIR` creates it");
        }
        return new SetupPlan
        {
            File = file,
            Lines = Put("", registries, helper).Text!,
            Edit = text => Put(text, registries, helper),
            Next = next,
        };
    }

    private static FileEdit Put(string text, List<string> registries, string helper)
    {
        foreach (string registry in registries)
        {
            FileEdit edit = JsonText.Put(text, [Key, registry], helper, IsOurs, Unit);
            if (edit.Text is null)
            {
                return edit;
            }
            text = edit.Text;
        }
        return FileEdit.To(text);
    }

    private static bool IsOurs(string helper) => helper == Helper || helper.StartsWith(Helper + "-", StringComparison.Ordinal);

    private static bool IsInPath(string program, ProcessEnvironment environment)
    {
        foreach (string directory in (environment.Get("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Path.Exists($"{directory}/{program}"))
            {
                return true;
            }
        }
        return false;
    }
}
