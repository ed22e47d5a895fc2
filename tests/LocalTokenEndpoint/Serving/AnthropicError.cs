using System.Text.Json.Nodes;

namespace LocalTokenEndpoint;

/// <summary>Anthropic's error form.</summary>
internal static class AnthropicError
{
    /// <summary>All that a client learns about a refused assertion.</summary>
    public const string Opaque = "Authentication failed";

    public static string Body(int status, string message, string requestId) =>
        With(status, message, requestId).ToJsonString();

    public static JsonObject With(int status, string message, string requestId) => new()
    {
        ["type"] = "error",
        ["error"] = new JsonObject { ["type"] = TypeOf(status), ["message"] = message },
        ["request_id"] = requestId,
    };

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
