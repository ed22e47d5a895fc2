using System.Text;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint;

/// <summary>What a route has decided: the answer on the wire, and the event that tells the truth about it.</summary>
internal sealed record Answer(int Status, string Body, TokenEvent Event)
{
    public const string Json = "application/json";

    public string ContentType { get; init; } = Json;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public ReadOnlyMemory<byte> Bytes => Encoding.UTF8.GetBytes(Body);

    public static Answer Granted(JsonObject body, TokenEvent one) =>
        new(200, body.ToJsonString(), one with { Outcome = Outcomes.Granted });

    public static Answer Refused(int status, string body, string reason, TokenEvent one) =>
        new(status, body, one with { Outcome = Outcomes.Refused, Reason = reason });
}
