using AotBroker.Schemas;

namespace AotBroker.Output;

/// <summary>The credentials file that Anthropic's SDKs read: two spaces of indentation, no newline at the end.</summary>
internal static class AnthropicFormat
{
    public const string Name = "anthropic";

    public static byte[] Write(in PresentedCredential presented) => Model(presented.Credential).ToUtf8Json(indented: true);

    public static AnthropicCredentials Model(Credential credential) => new()
    {
        Version = "1.0",
        AccessToken = credential.AccessToken!,
        ExpiresAt = credential.Expires ? credential.ExpiresAt : null,
        Scope = credential.Scope,
    };
}
