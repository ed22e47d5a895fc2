using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Identity;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>Every rejection of an assertion is the same 401: the hints are all that a person has.</summary>
public sealed class ExchangeHintTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();
    private readonly RawServer _server = new(RawServer.Answer(401, """{"type":"error","error":{"type":"authentication_error","message":"Authentication failed"}}"""));

    public void Dispose()
    {
        _server.Dispose();
        _http.Dispose();
        _machine.Dispose();
    }

    private BrokerException Refusal(string claims, Setting workspace = default)
    {
        AnthropicFederation federation = Made.Federation(_server.Url) with { WorkspaceId = workspace };
        ExchangeResult result = new AnthropicFederationExchange(federation, _machine.Environment)
            .Present(IdentityToken.Parse(Made.Jwt(claims), "a test"), _http, _machine.Deadline());
        BrokerException error = Expect.Error("AB0501", result.Error);
        Assert.Equal(Presentation.Refused, result.Presentation);
        Assert.Contains(federation.FederationRuleId.Value!, error.Hints[0], StringComparison.Ordinal);
        return error;
    }

    [Fact]
    public void The_claims_are_shown_to_compare_with_the_rule()
    {
        BrokerException error = Refusal("""{"iss":"https://issuer.example","sub":"repo:a/b","aud":["x","y"]}""");

        Assert.EndsWith("iss \"https://issuer.example\", sub \"repo:a/b\", aud \"x y\"", error.Hints[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_claim_that_is_missing_is_told_as_missing() =>
        Assert.EndsWith("iss \"(none)\", sub \"(none)\", aud \"(none)\"", Refusal("{}").Hints[0], StringComparison.Ordinal);

    [Theory]
    [InlineData("s")]
    [InlineData("\ud83d\ude00")]
    [InlineData("x\ud83d\ude00")]
    public void A_long_claim_is_cut_between_two_characters(string character)
    {
        string hint = Refusal($$"""{"sub":"{{string.Concat(Enumerable.Repeat(character, 300))}}"}""").Hints[0];

        Assert.True(hint.Length < 500);
        Assert.DoesNotContain('\ufffd', System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(hint)));
    }

    [Fact]
    public void The_workspace_is_hinted_at_where_none_is_named()
    {
        Assert.Contains(Refusal("{}").Hints, static hint => hint.Contains("no workspace is named", StringComparison.Ordinal));
        Assert.DoesNotContain(Refusal("{}", new Setting("default", "a test")).Hints, static hint => hint.Contains("workspace is named", StringComparison.Ordinal));
    }

    [Fact]
    public void The_console_is_named_as_the_place_of_the_true_reason() =>
        Assert.Contains(Refusal("{}").Hints, static hint => hint.Contains("Console", StringComparison.Ordinal));
}
