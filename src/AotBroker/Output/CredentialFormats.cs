using AotBroker.Errors;

namespace AotBroker.Output;

/// <summary>The ways in which a credential is written to standard output. One file each.</summary>
internal static class CredentialFormats
{
    public const string Default = TokenFormat.Name;

    /// <summary>All names, for help and completion.</summary>
    public static string[] Names => [TokenFormat.Name, JsonFormat.Name, HeaderFormat.Name, EnvironmentFormat.Name, AnthropicFormat.Name];

    public static bool IsKnown(string name) => Array.IndexOf(Names, name) >= 0;

    /// <summary>What is written for the credential, to the last octet.</summary>
    /// <exception cref="BrokerException">The format is unknown, or does not suit the credential.</exception>
    public static byte[] Write(string format, PresentedCredential credential) => format switch
    {
        TokenFormat.Name => TokenFormat.Write(credential),
        JsonFormat.Name => JsonFormat.Write(credential),
        HeaderFormat.Name => HeaderFormat.Write(credential),
        EnvironmentFormat.Name => EnvironmentFormat.Write(credential),
        AnthropicFormat.Name => AnthropicFormat.Write(credential),
        _ => throw new BrokerException(ErrorCode.Usage, $"there is no format \"{format}\"", "the formats are " + string.Join(", ", Names)),
    };
}
