using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Profiles;

/// <summary>A profile that is there.</summary>
/// <param name="Name">What names it.</param>
/// <param name="File">Its file.</param>
/// <param name="Kind">What it exchanges for, as a profile has it; null where the file cannot be read.</param>
/// <param name="Problem">Why it cannot be read; null where it can.</param>
/// <param name="IsHidden">Another one of the same name comes before it.</param>
internal sealed record ListedProfile(string Name, string File, string? Kind, BrokerException? Problem, bool IsHidden);

/// <summary>All profiles that a name can stand for, in the order in which they are looked for. Files alone.</summary>
internal static class ProfileList
{
    private const string Ending = ".json";

    public static List<ListedProfile> Of(ProcessEnvironment environment)
    {
        List<ListedProfile> profiles = [];
        HashSet<string> seen = [];
        foreach (string directory in ConfigDirectories.ProfileDirectories(environment))
        {
            Add(profiles, seen, directory, KindOfBrokers);
        }
        if (ConfigDirectories.Anthropic(environment) is { } anthropic)
        {
            Add(profiles, seen, anthropic + "/configs", KindOfAnthropics);
        }
        return profiles;
    }

    /// <summary>Their names, each once.</summary>
    public static string[] Names(ProcessEnvironment environment) => [.. Of(environment).FindAll(static one => !one.IsHidden).ConvertAll(static one => one.Name)];

    private static void Add(List<ListedProfile> profiles, HashSet<string> seen, string directory, Func<byte[], string, string> kindOf)
    {
        foreach (string file in Files(directory))
        {
            string name = file[(file.LastIndexOf('/') + 1)..^Ending.Length];
            if (!ProfileName.IsValid(name) || ProfileName.IsToken(name))
            {
                continue; // No option could name it, and what may be a secret is not shown.
            }
            bool isHidden = !seen.Add(name);
            try
            {
                profiles.Add(new ListedProfile(name, file, ConfigFile.TryRead(file) is { } content ? kindOf(content, file) : null, null, isHidden));
            }
            catch (BrokerException error)
            {
                profiles.Add(new ListedProfile(name, file, null, error, isHidden));
            }
        }
    }

    private static string KindOfBrokers(byte[] content, string file) =>
        Profile.TryRead(content, out Profile? profile, out SchemaProblems problems) ? profile.Exchange.Type : throw ProfileResolver.Malformed(file, problems);

    private static string KindOfAnthropics(byte[] content, string file) =>
        AnthropicProfile.TryRead(content, out AnthropicProfile? profile, out SchemaProblems problems)
            ? profile.Authentication is UserOAuth ? "anthropic-login" : "anthropic"
            : throw ProfileResolver.Malformed(file, problems);

    private static string[] Files(string directory)
    {
        try
        {
            string[] files = Directory.GetFiles(directory, "*" + Ending);
            Array.Sort(files, StringComparer.Ordinal);
            return files;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
