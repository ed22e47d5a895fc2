using System.Net;
using System.Text;
using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests.Fuzzing;

/// <summary>A server's answer, which need not be one.</summary>
internal abstract class MessageTarget : FuzzTarget
{
    private static readonly int[] Statuses = [200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 418, 429, 500, 503];

    private HttpMessageHandler? _handler;

    protected IdentityToken Identity { get; } = IdentityToken.Parse(Secrets[1], "a test");

    public override IEnumerable<string> Words => ["access_token", "expires_in", "token_type", "Bearer", "scope", "error", "error_description", "error_uri", "message", "type", "value", "3600"];

    protected static byte[] Answer(int status, string body) => [(byte)Array.IndexOf(Statuses, status), .. Encoding.UTF8.GetBytes(body)];

    /// <summary>The first octet chooses the status; the rest is the body.</summary>
    protected PinnedHttp Http(byte[] input)
    {
        _handler?.Dispose();
        _handler = new OneAnswer(Statuses[(input.Length > 0 ? input[0] : 0) % Statuses.Length], input.Length > 0 ? input[1..] : []);
        return new PinnedHttp(_handler);
    }

    public override void Dispose()
    {
        _handler?.Dispose();
        base.Dispose();
    }

    private sealed class OneAnswer(int status, byte[] body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent(body), RequestMessage = request });
    }
}

internal sealed class TokenAnswerTarget : MessageTarget
{
    public override IEnumerable<byte[]> Seeds =>
    [
        Answer(200, $$"""{"access_token":"{{Secrets[0]}}","token_type":"Bearer","expires_in":3600,"scope":"a b"}"""),
        Answer(200, $$"""{"access_token":"{{Secrets[0]}}","expires_in":"3600"}"""),
        Answer(401, """{"type":"error","error":{"type":"authentication_error","message":"Authentication failed"},"request_id":"req_1"}"""),
        Answer(400, $$"""{"error":"invalid_grant","error_description":"the assertion {{Secrets[1]}} was refused","error_uri":"https://a.b"}"""),
        Answer(503, "<html>"),
    ];

    public override string Run(byte[] input)
    {
        using PinnedHttp http = Http(input);
        ExchangeResult result = new AnthropicFederationExchange(Made.Federation("http://127.0.0.1:1"), Machine.Environment).Check().Present(Identity, http, Machine.Deadline());
        Assert.NotEqual(result.Credential is null, result.Error is null);
        if (result.Credential is not { } credential)
        {
            return Fate(result.Error!);
        }
        Assert.InRange(credential.Lifetime, 1, 400L * 366 * 86400);
        Assert.DoesNotContain(credential.AccessToken!.Reveal(), static c => c is <= ' ' or > '~');
        return $"granted {credential.Scope is null}";
    }
}

internal sealed class GitHubAnswerTarget : MessageTarget
{
    public override IEnumerable<byte[]> Seeds => [Answer(200, $$"""{"value":"{{Secrets[1]}}","count":1}"""), Answer(401, """{"message":"no"}"""), Answer(400, "")];

    public override string Run(byte[] input)
    {
        // What may pass is asked for again, with a pause: that is not what is looked at here.
        byte[] once = input.Length > 0 ? [(byte)(input[0] % 9), .. input[1..]] : input;
        using PinnedHttp http = Http(once);
        Machine.Variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = "http://127.0.0.1:1/?a=b";
        Machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = Secrets[0];
        IdentityToken token = Sources.Tokens(new GithubActionsIdentity(), "https://a.b", Machine.Environment, http).GetToken(Machine.Deadline());
        return $"token {token.Issuer is null} {token.ExpiresAt is null}";
    }
}

/// <summary>An identity token, as it stands in a file.</summary>
internal sealed class IdentityTokenTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds =>
    [
        Encoding.UTF8.GetBytes(Secrets[1] + "\n"),
        Encoding.UTF8.GetBytes(Made.Jwt("""{"iss":"https://a.b","sub":"c","aud":["d","e"],"exp":1893456300,"iat":1893456000,"nbf":1893455999.5}""")),
        "a.b.c"u8.ToArray(),
        ""u8.ToArray(),
    ];

    public override string Run(byte[] input)
    {
        string path = Machine.Home.Write("token", input);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1)); // One of this second is looked at again, which takes a while.
        IdentityToken token = Sources.File(path).GetToken(Machine.Deadline());
        token.RequireValidAt(Machine.Clock.Now, Sources.File("a test"));
        Assert.DoesNotContain(token.Reveal(), static c => c is <= ' ' or > '~');
        return $"token {token.Issuer is null} {token.Audience is null} {token.ExpiresAt is null}";
    }
}

/// <summary>The claims of a token whose form is right.</summary>
internal sealed class ClaimsTarget : FuzzTarget
{
    public override IEnumerable<byte[]> Seeds =>
    [
        """{"iss":"https://a.b","sub":"c","aud":["d","e"],"exp":1893456300,"iat":1893456000,"nbf":1893455999.5}"""u8.ToArray(),
        """{"aud":"d","exp":1893456300}"""u8.ToArray(),
        """{"exp":1}"""u8.ToArray(),
        "{}"u8.ToArray(),
    ];

    public override IEnumerable<string> Words => ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"];

    public override string Run(byte[] input)
    {
        IdentityToken token = IdentityToken.Parse($"{Made.Part("{}")}.{System.Buffers.Text.Base64Url.EncodeToString(input)}.c2ln", "a test");
        token.RequireValidAt(Machine.Clock.Now, Sources.File("a test"));
        using PinnedHttp http = new();
        return $"claims {token.Issuer is null} {token.Subject is null} {token.Audience is null} {token.ExpiresAt is null} {token.IssuedAt is null} {token.NotBefore is null}";
    }
}
