using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint;

/// <summary><c>POST /v1/messages</c>: an API that answers only to the access tokens granted here.</summary>
internal sealed class MessagesRoute(GrantedTokens grants)
{
    private const string Beta = "oauth-2025-04-20";

    public Answer Decide(PresentedRequest request)
    {
        var one = Describe(request);
        if (Refuse(request) is var (reason, message))
        {
            return Answer.Refused(401, AnthropicError.Body(401, message, request.RequestId), reason, one);
        }

        try
        {
            using var document = JsonDocument.Parse(request.Body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object
                || !root.TryGetProperty("model", out var model) || model.ValueKind != JsonValueKind.String
                || !root.TryGetProperty("messages", out var messages) || messages.ValueKind != JsonValueKind.Array)
            {
                return Invalid("messages: field required");
            }

            var streams = root.TryGetProperty("stream", out var stream) && stream.ValueKind == JsonValueKind.True;
            return streams ? Stream(model.GetString()!) : Answer.Granted(Message(model.GetString()!, Text), one);
        }
        catch (JsonException)
        {
            return Invalid("body: is not valid JSON");
        }

        Answer Invalid(string message) => Answer.Refused(
            400, AnthropicError.Body(400, message, request.RequestId), Reasons.InvalidRequest, one);

        Answer Stream(string model) => new(200, MessageStream(model), one with { Outcome = Outcomes.Granted })
        {
            ContentType = "text/event-stream",
        };
    }

    public TokenEvent Describe(PresentedRequest request)
    {
        var grant = request.Bearer is { } bearer ? grants.Find(bearer) : null;
        return new TokenEvent
        {
            Path = EndpointPaths.Messages,
            Outcome = Outcomes.Refused,
            Jti = grant?.JwtId,
            Rule = grant?.RuleId,
            Workspace = grant?.WorkspaceId,
            AccessTokenDigest = request.Bearer is null ? null : TokenDigest.Of(request.Bearer),
        };
    }

    private const string Text = "The local endpoint accepted this token.";

    private (string Reason, string Message)? Refuse(PresentedRequest request)
    {
        // A static key beside the token means that somebody's precedence is not what he believes.
        if (request.Headers.ContainsKey("x-api-key"))
        {
            return (Reasons.StaticKey, "invalid x-api-key");
        }

        if (request.Bearer is not { } bearer)
        {
            return (Reasons.MissingBearer, "Authorization: a bearer token is required");
        }

        if (!request.ListHeader("anthropic-beta").Contains(Beta))
        {
            return (Reasons.MissingBeta, "OAuth authentication is currently not supported.");
        }

        if (grants.Find(bearer) is not { } grant)
        {
            return (Reasons.UnknownAccessToken, "Invalid bearer token");
        }

        return grants.IsExpired(grant) ? (Reasons.AccessTokenExpired, "OAuth token has expired.") : null;
    }

    private static JsonObject Message(string model, string? text) => new()
    {
        ["id"] = RandomNames.Tagged("msg"),
        ["type"] = "message",
        ["role"] = "assistant",
        ["model"] = model,
        ["content"] = text is null ? new JsonArray() : new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }),
        ["stop_reason"] = text is null ? null : "end_turn",
        ["stop_sequence"] = null,
        ["usage"] = new JsonObject { ["input_tokens"] = 1, ["output_tokens"] = 1 },
    };

    private static string MessageStream(string model)
    {
        var stream = new StringBuilder();
        Write("message_start", new() { ["message"] = Message(model, null) });
        Write("content_block_start", new()
        {
            ["index"] = 0,
            ["content_block"] = new JsonObject { ["type"] = "text", ["text"] = "" },
        });
        Write("content_block_delta", new()
        {
            ["index"] = 0,
            ["delta"] = new JsonObject { ["type"] = "text_delta", ["text"] = Text },
        });
        Write("content_block_stop", new() { ["index"] = 0 });
        Write("message_delta", new()
        {
            ["delta"] = new JsonObject { ["stop_reason"] = "end_turn", ["stop_sequence"] = null },
            ["usage"] = new JsonObject { ["output_tokens"] = 1 },
        });
        Write("message_stop", []);
        return stream.ToString();

        void Write(string type, JsonObject data)
        {
            data["type"] = type;
            stream.Append(CultureInfo.InvariantCulture, $"event: {type}\ndata: {data.ToJsonString()}\n\n");
        }
    }
}
