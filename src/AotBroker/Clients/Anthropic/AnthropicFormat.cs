using AotBroker.Exchange;
using AotBroker.Publishing;
using AotBroker.Schemas;

namespace AotBroker.Clients.Anthropic;

/// <summary>The credentials file that Anthropic's SDKs read: two spaces of indentation, no newline at the end.</summary>
internal static class AnthropicFormat
{
    public const string Name = "anthropic";

    public static byte[] Write(in OutputCredential presented) => PublishedProfile.CredentialsOf(presented.Credential).ToUtf8Json(indented: true);
}
