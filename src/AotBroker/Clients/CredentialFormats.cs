using AotBroker.Clients.Anthropic;
using AotBroker.Clients.Aws;
using AotBroker.Clients.Bazel;
using AotBroker.Clients.Cargo;
using AotBroker.Clients.Docker;
using AotBroker.Clients.Git;
using AotBroker.Clients.GitHub;
using AotBroker.Clients.Go;
using AotBroker.Clients.Google;
using AotBroker.Clients.Keyring;
using AotBroker.Clients.Kubernetes;
using AotBroker.Clients.Plain;
using AotBroker.Clients.Terraform;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Runtime;

namespace AotBroker.Clients;

/// <summary>
/// The ways in which a credential is written to standard output. One file each; a new one is a file, a test, and a line in
/// each list below.
/// </summary>
internal static class CredentialFormats
{
    /// <summary>All names, for help and completion.</summary>
    public static string[] Names =>
    [
        TokenFormat.Name, JsonFormat.Name, HeaderFormat.Name, EnvironmentFormat.Name, AnthropicFormat.Name, AwsFormat.Name, KubernetesFormat.Name,
        GoogleFormat.Name, DockerFormat.Name, GitFormat.Name, CargoFormat.Name, TerraformFormat.Name, BazelFormat.Name, GoAuthFormat.Name,
        KeyringFormat.Name, GitHubEnvironmentFormat.Name,
    ];

    public static bool IsKnown(string name) => Array.IndexOf(Names, name) >= 0;

    /// <summary>What a kind of credential is written as where the caller does not say.</summary>
    public static string DefaultFor(CredentialKind kind) => kind switch
    {
        CredentialKind.AwsKeys => AwsFormat.Name,
        CredentialKind.Fields => JsonFormat.Name,
        _ => TokenFormat.Name,
    };

    public static bool Suits(string name, CredentialKind kind) => kind switch
    {
        CredentialKind.AwsKeys => name is AwsFormat.Name or JsonFormat.Name or EnvironmentFormat.Name or GitHubEnvironmentFormat.Name,
        CredentialKind.Fields => name is JsonFormat.Name or EnvironmentFormat.Name or GitHubEnvironmentFormat.Name
            or DockerFormat.Name or GitFormat.Name or BazelFormat.Name or GoAuthFormat.Name or KeyringFormat.Name,
        _ => name is not AwsFormat.Name,
    };

    /// <summary>How long the clients that read a format keep what it says, in seconds; null where they use it at once.</summary>
    public static long? ClientKeepsFor(string name) => name switch
    {
        AwsFormat.Name => AwsFormat.ClientKeepsFor,
        BazelFormat.Name => BazelFormat.ClientKeepsFor,
        _ => null,
    };

    /// <summary>How long a format's client waits where nothing is said; null for as long as any other.</summary>
    public static TimeSpan? UsualTimeout(string name) => name == GoogleFormat.Name ? GoogleFormat.UsualTimeout : null;

    /// <summary>Whether what is written goes to standard output, and not only to a file that the client names.</summary>
    public static bool GoesToStandardOutput(string name, ProcessEnvironment environment) => name != GoogleFormat.Name || !GoogleFormat.AnswersInFile(environment);

    /// <summary>Checks what can be checked before anything is exchanged, and says what a caller gets who does not say.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: the format is unknown, or does not suit.</exception>
    public static string Choose(string? format, CredentialKind kind, string profile)
    {
        string name = format ?? DefaultFor(kind);
        if (!IsKnown(name))
        {
            throw new BrokerException(ErrorCode.Usage, $"there is no format \"{name}\"", "the formats are " + string.Join(", ", Names));
        }
        if (Suits(name, kind))
        {
            return name;
        }
        string what = kind switch
        {
            CredentialKind.AwsKeys => "a set of AWS keys",
            CredentialKind.Fields => "a secret of several fields",
            _ => "a token",
        };
        throw new BrokerException(
            ErrorCode.Usage,
            $"the credential of profile \"{profile}\" is {what}, which the format \"{name}\" cannot carry",
            $"the formats that can: {string.Join(", ", Array.FindAll(Names, one => Suits(one, kind)))}");
    }

    /// <summary>What is written for the credential, to the last octet.</summary>
    /// <exception cref="BrokerException">The format is unknown, or does not suit the credential.</exception>
    public static byte[] Write(string format, in OutputCredential credential) => Choose(format, credential.Credential.Kind, credential.Profile) switch
    {
        TokenFormat.Name => TokenFormat.Write(credential),
        JsonFormat.Name => JsonFormat.Write(credential),
        HeaderFormat.Name => HeaderFormat.Write(credential),
        EnvironmentFormat.Name => EnvironmentFormat.Write(credential),
        AnthropicFormat.Name => AnthropicFormat.Write(credential),
        AwsFormat.Name => AwsFormat.Write(credential),
        KubernetesFormat.Name => KubernetesFormat.Write(credential),
        GoogleFormat.Name => GoogleFormat.Write(credential),
        DockerFormat.Name => DockerFormat.Write(credential),
        GitFormat.Name => GitFormat.Write(credential),
        CargoFormat.Name => CargoFormat.Write(credential),
        TerraformFormat.Name => TerraformFormat.Write(credential),
        BazelFormat.Name => BazelFormat.Write(credential),
        GoAuthFormat.Name => GoAuthFormat.Write(credential),
        KeyringFormat.Name => KeyringFormat.Write(credential),
        _ => GitHubEnvironmentFormat.Write(credential),
    };

    /// <summary>What is left to do once standard output has been written.</summary>
    /// <exception cref="BrokerException">A file that the client named could not be written.</exception>
    public static void Finish(string format, in OutputCredential credential, ReadOnlySpan<byte> written)
    {
        switch (format)
        {
            case GitHubEnvironmentFormat.Name:
                GitHubEnvironmentFormat.Append(credential);
                break;
            case GoogleFormat.Name:
                GoogleFormat.WriteOutputFile(credential, written);
                break;
        }
    }
}
