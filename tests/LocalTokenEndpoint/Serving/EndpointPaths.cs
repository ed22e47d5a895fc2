namespace LocalTokenEndpoint;

/// <summary>The paths that the endpoint serves.</summary>
public static class EndpointPaths
{
    public const string Token = "/v1/oauth/token";
    public const string Messages = "/v1/messages";
    public const string GitHub = "/github/token";
    public const string Discovery = "/.well-known/openid-configuration";
    public const string Jwks = "/.well-known/jwks.json";

    /// <summary>Where a redirect fault leads unless told otherwise; whoever asks here has followed it.</summary>
    public const string RedirectTarget = "/redirected";

    // The controls of a test: none of these exists at the real endpoint.
    public const string Events = "/events";
    public const string FaultList = "/faults";
    public const string ReleaseHeld = "/faults/release";
    public const string Mint = "/mint";
    public const string Health = "/health";
}
