using Microsoft.AspNetCore.Http;

namespace LocalTokenEndpoint;

/// <summary>The issuer's public documents, and the 404 for everything else.</summary>
internal static class PublicDocuments
{
    public static Task HandleAsync(HttpContext http, TokenIssuer issuer, EventList events)
    {
        var document = (http.Request.Method, http.Request.Path.Value) switch
        {
            ("GET", EndpointPaths.Discovery) => issuer.DiscoveryDocument(),
            ("GET", EndpointPaths.Jwks) => issuer.Jwks,
            _ => null,
        };
        if (document is null)
        {
            document = RefuseUnknownPath(http, events);
        }

        http.Response.ContentType = Answer.Json;
        return http.Response.WriteAsync(document, http.RequestAborted);
    }

    /// <summary>A request that nobody expected is worth an event: a redirect that was followed shows up here.</summary>
    private static string RefuseUnknownPath(HttpContext http, EventList events)
    {
        var requestId = RandomNames.RequestId();
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        http.Response.Headers["Request-Id"] = requestId;
        events.Add(new TokenEvent
        {
            Path = http.Request.Path,
            Outcome = Outcomes.Refused,
            Reason = Reasons.UnknownPath,
            Status = StatusCodes.Status404NotFound,
            RequestId = requestId,
            UserAgent = http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null,
        });
        return AnthropicError.Body(404, "Not found", requestId);
    }
}
