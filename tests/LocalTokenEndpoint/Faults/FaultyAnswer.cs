using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint;

/// <summary>What a fault makes of an answer.</summary>
internal static class FaultyAnswer
{
    private const int OversizedBytes = 2 * 1024 * 1024;

    /// <summary>The name of a fault in events and in the control's JSON.</summary>
    public static string NameOf(FaultKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    /// <summary>Whether the client still gets an answer that it can work with.</summary>
    public static bool LeavesAnswerIntact(FaultKind kind) =>
        kind is FaultKind.Delay or FaultKind.Hold or FaultKind.ExpiresInAsString or FaultKind.ExpiresIn or FaultKind.OmitRefreshToken;

    /// <param name="decided">The true answer, or what is known of a request that the fault keeps from being processed.</param>
    public static Answer Apply(Fault fault, Answer decided, PresentedRequest request)
    {
        var name = NameOf(fault.Kind);
        var spoiled = Spoil(fault, decided, request);
        var one = decided.Event with { Fault = name, Status = StatusOnTheWire(fault, spoiled) };

        // A refusal stays one, with its true reason: a test that counts presentations must not lose it to a fault.
        var isFault = !LeavesAnswerIntact(fault.Kind) && !(fault.SpendFirst && one.Outcome == Outcomes.Refused);
        return spoiled with { Event = isFault ? one with { Outcome = Outcomes.Fault, Reason = name } : one };
    }

    private static int? StatusOnTheWire(Fault fault, Answer answer) => fault.Kind switch
    {
        FaultKind.DropAfterSpending or FaultKind.Hang => null,
        FaultKind.Drip or FaultKind.Endless => 200,
        _ => answer.Status,
    };

    private static Answer Spoil(Fault fault, Answer decided, PresentedRequest request) => fault.Kind switch
    {
        FaultKind.Status => decided with
        {
            Status = fault.StatusCode,
            Body = fault.Body ?? AnthropicError.Body(fault.StatusCode, "A fault was asked for", request.RequestId),
            ContentType = Answer.Json,
            Headers = fault.Headers,
        },
        FaultKind.Redirect => decided with { Status = fault.StatusCode, Body = "", Headers = fault.Headers },
        FaultKind.NotJson or FaultKind.NullBody => decided with { Status = fault.StatusCode, Body = fault.Body ?? "" },
        FaultKind.HtmlBody => decided with { Status = fault.StatusCode, Body = fault.Body ?? "", ContentType = "text/html" },
        FaultKind.OversizedAnswer => Edit(decided, body => body["padding"] = new string('x', OversizedBytes)),
        FaultKind.OmitExpiresIn => Edit(decided, body => body.Remove("expires_in")),
        FaultKind.ExpiresInAsString => Edit(decided, body => body["expires_in"] = AsText(body["expires_in"])),
        FaultKind.ExpiresIn => Edit(decided, body => body["expires_in"] = fault.Seconds),
        FaultKind.OmitRefreshToken => Edit(decided, body => body.Remove("refresh_token")),
        FaultKind.WrongTokenType => Edit(decided, body => body["token_type"] = fault.Body),
        FaultKind.EchoAssertionInBody => decided with { Status = fault.StatusCode, Body = Echo(fault, request) },
        _ => decided,
    };

    private static string Echo(Fault fault, PresentedRequest request)
    {
        var assertion = request.Peek("assertion") ?? "";
        var message = fault.InMessage ? $"{AnthropicError.Opaque}: {assertion}" : AnthropicError.Opaque;
        var body = AnthropicError.With(fault.StatusCode, message, request.RequestId);
        body["request"] = new JsonObject { ["assertion"] = assertion };
        return body.ToJsonString();
    }

    /// <summary>Changes a successful answer; an error has none of the members in question.</summary>
    private static Answer Edit(Answer decided, Action<JsonObject> edit)
    {
        if (decided.Status != 200 || JsonNode.Parse(decided.Body) is not JsonObject body)
        {
            return decided;
        }

        edit(body);
        return decided with { Body = body.ToJsonString() };
    }

    private static string? AsText(JsonNode? number) => number?.GetValue<int>().ToString(CultureInfo.InvariantCulture);
}
