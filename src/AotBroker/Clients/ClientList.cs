using AotBroker.Clients.Anthropic;
using AotBroker.Clients.Aws;
using AotBroker.Clients.Bazel;
using AotBroker.Clients.Cargo;
using AotBroker.Clients.ClaudeCode;
using AotBroker.Clients.Docker;
using AotBroker.Clients.Git;
using AotBroker.Clients.GitHub;
using AotBroker.Clients.Go;
using AotBroker.Clients.Google;
using AotBroker.Clients.Keyring;
using AotBroker.Clients.Kubernetes;
using AotBroker.Clients.Plain;
using AotBroker.Clients.Terraform;

namespace AotBroker.Clients;

/// <summary>All clients. A new one is a folder and a line here.</summary>
internal static class ClientList
{
    /// <summary>In the order of help and completion.</summary>
    /// <remarks>
    /// Made when it is asked for: the entries have no state, and most calls need none of them. `get` without a format
    /// (<see cref="CredentialFormats.DefaultFor"/>) and `exec` without `--with` do not come here.
    /// </remarks>
    public static Client[] All =>
    [
        new PlainClient(),
        new AnthropicClient(),
        new AwsClient(),
        new BazelClient(),
        new CargoClient(),
        new ClaudeCodeClient(),
        new DockerClient(),
        new GitClient(),
        new GitHubClient(),
        new GoClient(),
        new GoogleClient(),
        new KeyringClient(),
        new KubernetesClient(),
        new TerraformClient(),
    ];
}
