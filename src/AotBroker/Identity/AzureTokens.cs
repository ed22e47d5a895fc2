using AotBroker.Http;

namespace AotBroker.Identity;

/// <summary>What Azure's two services for managed identities have in common.</summary>
internal static class AzureTokens
{
    public static IReadOnlyList<string> RefusalHints { get; } =
    [
        "\"Identity not found\": assign a managed identity to the machine or the app; if it has several, name one in identity.client_id",
        "\"invalid_resource\": the audience must be an application of your tenant: register one, and set identity.audience to its URI (api://…)",
    ];

    /// <summary>The query of a request: Azure calls the audience a resource.</summary>
    public static string Query(string version, string resource, string? clientId) =>
        $"?api-version={version}&resource={Uri.EscapeDataString(resource)}{(clientId is null ? "" : "&client_id=" + clientId)}";

    /// <summary>The token of an answer; null where there is none.</summary>
    public static string? In(HttpAnswer answer) => MessageReader.Read(answer, MessagesJsonContext.Default.AzureTokenAnswer)?.AccessToken;
}
