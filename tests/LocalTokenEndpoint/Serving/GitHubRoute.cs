using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace LocalTokenEndpoint;

/// <summary>
/// The endpoint behind <c>ACTIONS_ID_TOKEN_REQUEST_URL</c>: a new identity token at every request, for whoever holds the
/// request token of a job.
/// </summary>
internal sealed class GitHubRoute(TokenIssuer issuer, ConcurrentBag<string> requestTokens)
{
    private const string Owner = "example-org";
    private const string Repository = $"{Owner}/example-repo";

    public Answer Decide(PresentedRequest request)
    {
        var one = Describe(request);
        if (!IsAuthorized(request))
        {
            return Answer.Refused(401, """{"message":"The request is not authorized"}""", Reasons.WrongBearer, one);
        }

        if (request.Query["api-version"].ToString().Length == 0)
        {
            return Answer.Refused(400, """{"message":"An api-version is required"}""", Reasons.InvalidRequest, one);
        }

        // Without an audience GitHub names the owner of the repository.
        var audience = request.Query["audience"].ToString() is { Length: > 0 } given ? given : $"https://github.com/{Owner}";
        var token = issuer.Mint(new TokenRequest { Audience = audience, Claims = JobClaims() });
        var body = new JsonObject { ["count"] = token.Length, ["value"] = token };
        return Answer.Granted(body, one with
        {
            Jti = Assertion.Parse(token)!.JwtId,
            AssertionDigest = TokenDigest.Of(token),
        });
    }

    public static TokenEvent Describe(PresentedRequest request) =>
        new() { Path = EndpointPaths.GitHub, Outcome = Outcomes.Refused };

    private bool IsAuthorized(PresentedRequest request) =>
        request.Bearer is { } bearer
        && requestTokens.Any(one => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(bearer), Encoding.UTF8.GetBytes(one)));

    private static Dictionary<string, object?> JobClaims() => new()
    {
        ["ref"] = "refs/heads/main",
        ["repository"] = Repository,
        ["repository_owner"] = Owner,
        ["event_name"] = "push",
        ["workflow"] = "ci",
        ["job_workflow_ref"] = $"{Repository}/.github/workflows/ci.yml@refs/heads/main",
        ["run_id"] = "1",
        ["run_attempt"] = "1",
        ["runner_environment"] = "github-hosted",
    };
}
