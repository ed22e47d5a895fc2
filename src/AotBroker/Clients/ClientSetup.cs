using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients;

/// <summary>How `setup` configures a client.</summary>
internal abstract class ClientSetup
{
    /// <summary>As in `aotbroker setup NAME`.</summary>
    public abstract string Name { get; }

    /// <summary>The file that is the client's own.</summary>
    /// <param name="profile">The profile's name, for a client that has a file for each.</param>
    /// <param name="environment">The client's own variables choose another.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SetUpFailed"/>: there is no home.</exception>
    public abstract string FileFor(string profile, ProcessEnvironment environment);

    /// <summary>What the client needs to get the profile's credential.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="file">Where it is to be put, an absolute path.</param>
    /// <param name="environment">Where the client looks for programs.</param>
    /// <exception cref="BrokerException">The profile is not for this client, or the client cannot call this program.</exception>
    public abstract SetupPlan Plan(ResolvedProfile profile, string file, ProcessEnvironment environment);

    /// <summary>What the profile serves.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: nothing, so that a client's call would be in vain.</exception>
    protected static IReadOnlyList<string> HostsOf(ResolvedProfile profile) => profile.Hosts.Count > 0 ? profile.Hosts : throw new BrokerException(
        ErrorCode.Usage,
        $"profile \"{profile.Name}\" does not say which hosts its credential is for",
        $"name them in {profile.File}: \"serves\": {{ \"hosts\": [\"…\"] }}");

    /// <exception cref="BrokerException"><see cref="ErrorCode.SetUpFailed"/>: there is no home.</exception>
    protected static string InHome(string path, ProcessEnvironment environment) => environment.Get(Variables.Home) is { } home
        ? $"{environment.Absolute(home).TrimEnd('/')}/{path}"
        : throw new BrokerException(ErrorCode.SetUpFailed, "HOME is not set, so the client's configuration cannot be found", "name it with --file");
}
