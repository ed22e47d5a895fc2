using AotBroker.Clients.Aws;
using AotBroker.Clients.ClaudeCode;
using AotBroker.Clients.Docker;
using AotBroker.Clients.Git;
using AotBroker.Clients.Google;
using AotBroker.Clients.Kubernetes;
using AotBroker.Clients.Terraform;
using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients;

/// <summary>The clients whose configuration `setup` writes. A new one is a file, a test, and a line in each list.</summary>
internal static class ClientSetups
{
    public static string[] Names => [AwsSetup.Name, KubernetesSetup.Name, GoogleSetup.Name, GitSetup.Name, DockerSetup.Name, TerraformSetup.Name, ClaudeCodeSetup.Name];

    /// <summary>The file that is the client's own.</summary>
    /// <param name="client">One of <see cref="Names"/>.</param>
    /// <param name="profile">The profile's name, for a client that has a file for each.</param>
    /// <param name="environment">The client's own variables choose another.</param>
    /// <exception cref="BrokerException">Nothing says where it is.</exception>
    public static string FileOf(string client, string profile, ProcessEnvironment environment) => client switch
    {
        KubernetesSetup.Name => KubernetesSetup.File(environment),
        GoogleSetup.Name => GoogleSetup.File(profile, environment),
        GitSetup.Name => GitSetup.File(environment),
        DockerSetup.Name => DockerSetup.File(environment),
        TerraformSetup.Name => TerraformSetup.File(environment),
        ClaudeCodeSetup.Name => ClaudeCodeSetup.File(environment),
        _ => AwsSetup.File(environment),
    };

    /// <summary>What the client needs of the profile.</summary>
    /// <param name="client">One of <see cref="Names"/>.</param>
    /// <param name="profile">The profile.</param>
    /// <param name="file">Where it is to be put, an absolute path.</param>
    /// <param name="environment">Where the client looks for programs.</param>
    /// <exception cref="BrokerException">The profile does not suit the client, or the client cannot call this program.</exception>
    public static ClientSetup Of(string client, ResolvedProfile profile, string file, ProcessEnvironment environment) => client switch
    {
        KubernetesSetup.Name => KubernetesSetup.Of(profile, file),
        GoogleSetup.Name => GoogleSetup.Of(profile, file),
        GitSetup.Name => GitSetup.Of(profile, file),
        DockerSetup.Name => DockerSetup.Of(profile, file, environment),
        TerraformSetup.Name => TerraformSetup.Of(profile, file, environment),
        ClaudeCodeSetup.Name => ClaudeCodeSetup.Of(profile, file),
        _ => AwsSetup.Of(profile, file),
    };

    /// <summary>What the profile serves.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: nothing, so that a client's call would be in vain.</exception>
    public static IReadOnlyList<string> HostsOf(ResolvedProfile profile) => profile.Hosts.Count > 0 ? profile.Hosts : throw new BrokerException(
        ErrorCode.Usage,
        $"profile \"{profile.Name}\" does not say which hosts its credential is for",
        $"name them in {profile.File}: \"serves\": {{ \"hosts\": [\"…\"] }}");

    /// <exception cref="BrokerException"><see cref="ErrorCode.SetUpFailed"/>: there is no home.</exception>
    public static string InHome(string path, ProcessEnvironment environment) => environment.Get(Variables.Home) is { } home
        ? $"{environment.Absolute(home).TrimEnd('/')}/{path}"
        : throw new BrokerException(ErrorCode.SetUpFailed, "HOME is not set, so that nothing says where the client's configuration is", "name it with --file");
}
