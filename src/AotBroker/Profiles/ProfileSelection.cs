using System.Text;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Profiles;

/// <summary>Which profile applies, and why.</summary>
/// <param name="Name">The profile's name; null where the federation variables stand for a profile.</param>
/// <param name="Reason">What decided it.</param>
/// <param name="IsExplicit">It was named by the user, so its absence is an error of its own.</param>
internal readonly record struct ProfileSelection(string? Name, string Reason, bool IsExplicit)
{
    private const string Fallback = "default";

    /// <summary>
    /// In this order: <c>--profile</c>, <c>AOTBROKER_PROFILE</c>, <c>ANTHROPIC_PROFILE</c>, the federation variables,
    /// <c>active_config</c>, <c>default</c>.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.ProfileNameInvalid"/>, or active_config cannot be read.</exception>
    public static ProfileSelection Decide(string? option, ProcessEnvironment environment, string name = "--profile")
    {
        if (option is not null)
        {
            return Explicit(option, name);
        }
        if (environment.Get(Variables.BrokerProfile) is { } broker)
        {
            return Explicit(broker, Variables.BrokerProfile);
        }
        if (environment.Get(Variables.Profile) is { } anthropic)
        {
            return Explicit(anthropic, Variables.Profile);
        }
        if (environment.Get(Variables.FederationRuleId) is not null && environment.Get(Variables.OrganizationId) is not null)
        {
            return new ProfileSelection(null, $"{Variables.FederationRuleId} and {Variables.OrganizationId}", false);
        }
        return ReadActiveConfig(environment) ?? new ProfileSelection(Fallback, "default", false);
    }

    private static ProfileSelection Explicit(string name, string origin) => new(ProfileName.Checked(name, origin), origin, true);

    private static ProfileSelection? ReadActiveConfig(ProcessEnvironment environment)
    {
        if (ConfigDirectories.Anthropic(environment) is not { } directory)
        {
            return null;
        }
        string path = directory + "/active_config";
        if (ConfigFile.TryRead(path) is not { } content)
        {
            return null;
        }
        string name = Encoding.UTF8.GetString(content).Trim();
        if (name.Length == 0)
        {
            return null;
        }
        // Whatever the file is, or leads to, its content is not shown.
        return ProfileName.IsValid(name) && !ProfileName.IsToken(name)
            ? new ProfileSelection(name, path, true)
            : throw ProfileName.Invalid($"the content of {path}");
    }
}
