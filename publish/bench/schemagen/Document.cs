using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using AotBroker.Schemas;

namespace AotBroker.Bench;

/// <summary>One of the project's documents, and both ways to read it. Each returns null when it refuses the text.</summary>
internal sealed record Document(string Name, Func<byte[], ISchemaObject?> Generated, Func<byte[], object?> Serializer, Func<byte[], byte[]> SerializerTwice)
{
    public static Document Of(string name) => name switch
    {
        "credential" => Of(name, utf8 => Credential.TryRead(utf8, out Credential? value, out _) ? value : null, () => Records.Default.CredentialRecord),
        "presented-token" => Of(name, utf8 => PresentedToken.TryRead(utf8, out PresentedToken? value, out _) ? value : null, () => Records.Default.PresentedTokenRecord),
        "refusal" => Of(name, utf8 => Refusal.TryRead(utf8, out Refusal? value, out _) ? value : null, () => Records.Default.RefusalRecord),
        "profile" => Of(name, utf8 => Profile.TryRead(utf8, out Profile? value, out _) ? value : null, () => Records.Default.ProfileRecord),
        "anthropic-profile" => Of(name, utf8 => AnthropicProfile.TryRead(utf8, out AnthropicProfile? value, out _) ? value : null, () => Records.Default.AnthropicProfileRecord),
        "anthropic-credentials" => Of(name, utf8 => AnthropicCredentials.TryRead(utf8, out AnthropicCredentials? value, out _) ? value : null, () => Records.Default.AnthropicCredentialsRecord),
        _ => throw new ArgumentException("there is no such document: " + name, nameof(name)),
    };

    /// <summary>Both ways come to the same members and values.</summary>
    public bool IsReadAlike(byte[] utf8) =>
        Generated(utf8) is { } value && SchemaJson.ToUtf8(value, indented: false) is { } written
        && JsonNode.DeepEquals(JsonNode.Parse(written), JsonNode.Parse(utf8))
        && JsonNode.DeepEquals(JsonNode.Parse(SerializerTwice(utf8)), JsonNode.Parse(utf8));

    private static Document Of<T>(string name, Func<byte[], ISchemaObject?> generated, Func<JsonTypeInfo<T>> type) => new(
        name,
        generated,
        utf8 => JsonSerializer.Deserialize(utf8, type()),
        utf8 => JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize(utf8, type())!, type()));
}
