using System.Globalization;
using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Each file of tests/vectors/token-answers, served as the token endpoint's answer, gives what its headers say.</summary>
public sealed class TokenAnswerVectorTests : IDisposable
{
    private const string Folder = "token-answers";

    /// <summary>
    /// expect: granted, or the error's code. status: of the answer, 200 without it. header: of the answer. presentation:
    /// what became of the token. lifetime, scope, request-id: of the credential. message, hint: parts of the error; not: no
    /// part of it. In the document and the headers, @TOKEN@ stands for an access token, @ASSERTION@ for the assertion, and
    /// @NOW+600@ and @NOW-600@ for Unix seconds.
    /// </summary>
    private static readonly string[] Known =
        ["about", "expect", "status", "header", "presentation", "lifetime", "scope", "request-id", "retry-after", "may-pass", "message", "hint", "not"];

    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();
    private readonly IdentityToken _identity = Made.IdentityToken();
    private readonly string _accessToken = Made.AccessToken();

    public static TheoryData<string> All => VectorFile.Names(Folder);

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private string Filled(string text) => text
        .Replace("@TOKEN@", _accessToken, StringComparison.Ordinal)
        .Replace("@ASSERTION@", _identity.Reveal(), StringComparison.Ordinal)
        .Replace("@NOW+600@", $"{TestClock.StartSeconds + 600}", StringComparison.Ordinal)
        .Replace("@NOW-600@", $"{TestClock.StartSeconds - 600}", StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(All))]
    public void An_answer_gives_what_its_vector_says(string name)
    {
        VectorFile vector = VectorFile.Load(Folder, name, Known);
        int status = int.Parse(vector["status"] ?? "200", CultureInfo.InvariantCulture);
        using RawServer server = new(RawServer.Answer(status, Filled(vector.Document), vector.All("header").Select(Filled)));

        ExchangeResult result = new AnthropicFederationExchange(Made.Federation(server.Url), _machine.Environment).Check().Present(_identity, _http, _machine.Deadline());

        Assert.Equal(vector["expect"] == "granted" ? "Granted" : vector["presentation"], result.Presentation.ToString());
        Assert.Equal(status, result.Status);
        Assert.Equal(vector["request-id"], result.RequestId);
        Assert.Equal(vector["retry-after"] is { } wait ? TimeSpan.Parse(wait, CultureInfo.InvariantCulture) : null, result.RetryAfter);
        Assert.Equal(vector["may-pass"] == "yes", result.MayPass);
        if (vector["expect"] == "granted")
        {
            CheckCredential(vector, result);
        }
        else
        {
            CheckError(vector, result);
        }
    }

    private void CheckCredential(VectorFile vector, ExchangeResult result)
    {
        Credential credential = Assert.IsType<Credential>(result.Credential);
        Assert.Null(result.Error);
        Assert.Equal(_accessToken, credential.AccessToken!.Reveal());
        Assert.Equal("Bearer", credential.TokenType);
        Assert.Equal(TestClock.StartSeconds, credential.IssuedAt);
        Assert.Equal(long.Parse(vector["lifetime"]!, CultureInfo.InvariantCulture), credential.Lifetime);
        Assert.Equal(vector["scope"], credential.Scope);
        Assert.Equal(vector["request-id"], credential.RequestId);
    }

    private void CheckError(VectorFile vector, ExchangeResult result)
    {
        Assert.Null(result.Credential);
        var error = Expect.Error(vector["expect"]!, result.Error);
        Assert.All(vector.All("message"), part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
        Assert.All(vector.All("hint"), part => Assert.Contains(error.Hints, hint => hint.Contains(part, StringComparison.Ordinal)));
        Assert.All(vector.All("not"), part => Assert.DoesNotContain(Filled(part), error.All(), StringComparison.Ordinal));

        // Invariant 5, of every answer.
        Assert.DoesNotContain(_accessToken, error.All(), StringComparison.Ordinal);
        Assert.All(_identity.Reveal().Split('.'), part => Assert.DoesNotContain(Filled(part), error.All(), StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_header_is_fatal() =>
        Assert.Throws<InvalidDataException>(() => VectorFile.Parse("expect: granted\nlife: 7\n\n{}\n", Known));
}
