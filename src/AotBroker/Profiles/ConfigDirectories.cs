using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Profiles;

/// <summary>Where profiles are looked for.</summary>
internal static class ConfigDirectories
{
    private const string SystemDirectory = "/etc/aotbroker";

    /// <summary>The file of a broker's profile in the user's own, or the chosen, directory; null without a home.</summary>
    public static string? BrokerProfileFile(string name, ProcessEnvironment environment) =>
        environment.Get(Variables.BrokerConfigDirectory) is { } chosen
            ? $"{environment.Absolute(chosen)}/profiles/{name}.json"
            : UserDirectory("aotbroker", environment) is { } user ? $"{user}/profiles/{name}.json" : null;

    /// <summary>The file of a broker's profile that an image brings; null where the directory was chosen.</summary>
    public static string? SystemProfileFile(string name, ProcessEnvironment environment) =>
        environment.Get(Variables.BrokerConfigDirectory) is null ? $"{SystemDirectory}/profiles/{name}.json" : null;

    /// <summary>Where the broker's profiles lie, the first to be preferred.</summary>
    public static List<string> ProfileDirectories(ProcessEnvironment environment)
    {
        List<string> directories = [];
        foreach (string? file in (ReadOnlySpan<string?>)[BrokerProfileFile("", environment), SystemProfileFile("", environment)])
        {
            if (file is not null)
            {
                directories.Add(file[..file.LastIndexOf('/')]);
            }
        }
        return directories;
    }

    /// <summary>The directory that Anthropic's clients share; null without a home.</summary>
    public static string? Anthropic(ProcessEnvironment environment) =>
        environment.Get(Variables.ConfigDirectory) is { } chosen
            ? environment.Absolute(chosen)
            : UserDirectory("anthropic", environment);

    /// <summary>What `exec` published for the command that this process runs under; null where nothing can have been.</summary>
    public static string? PublishedProfileFile(string name, ProcessEnvironment environment) =>
        environment.Get(Variables.BrokerCommandDirectory) is { } directory
            ? SnapshotFile(environment.Absolute(directory), name)
            : null;

    /// <summary>The broker's own form of a profile, beside what a command is handed.</summary>
    public static string SnapshotFile(string directory, string name) => $"{directory}/aotbroker/{name}.json";

    public static string AnthropicProfileFile(string directory, string name) => $"{directory}/configs/{name}.json";

    public static string CredentialsFile(string directory, string name) => $"{directory}/credentials/{name}.json";

    private static string? UserDirectory(string program, ProcessEnvironment environment)
    {
        if (environment.Get(Variables.XdgConfigHome) is { } config)
        {
            return $"{environment.Absolute(config)}/{program}";
        }
        return environment.Get(Variables.Home) is { } home ? $"{environment.Absolute(home)}/.config/{program}" : null;
    }
}
