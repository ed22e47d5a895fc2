using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Settings;

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
            .Check()
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

    [Theory]
    [InlineData("repo:octo-org/octo-repo:ref:refs/heads/main", "this sub has no ids")]
    [InlineData("repo:octo-org@1/octo-repo@2:environment:release", "this sub has ids")]
    [InlineData("repo:octo-org/octo-repo@2:pull_request", "this sub has no ids")]
    [InlineData("project_path:a/b:ref_type:branch:ref:main", null)]
    public void The_form_of_GitHubs_subject_is_told(string subject, string? told)
    {
        IReadOnlyList<string> hints = Refusal($$"""{"sub":"{{subject}}"}""").Hints;

        Assert.Equal(told is not null, hints.Any(hint => hint.StartsWith(told ?? "this sub", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_was_sent_and_what_the_Console_calls_a_spent_token_are_told()
    {
        BrokerException error = Refusal("{}", new Setting("wrkspc_1", "a test"));

        Assert.Contains(error.Hints, static hint => hint.StartsWith("sent with the token: federation_rule_id \"fdrl_", StringComparison.Ordinal)
            && hint.Contains("organization_id \"", StringComparison.Ordinal) && hint.EndsWith("workspace_id \"wrkspc_1\"", StringComparison.Ordinal));
        Assert.Contains(error.Hints, static hint => hint.Contains("jti_reused", StringComparison.Ordinal));
    }

    [Fact]
    public void An_invalid_grant_is_the_same_refusal()
    {
        using RawServer server = new(RawServer.Answer(400, """{"error":"invalid_grant","error_description":"no"}"""));

        ExchangeResult result = new AnthropicFederationExchange(Made.Federation(server.Url), _machine.Environment).Check().Present(Made.IdentityToken(), _http, _machine.Deadline());

        Assert.Equal(Presentation.Refused, result.Presentation);
        Assert.Contains(Expect.Error("AB0501", result.Error).Hints, static hint => hint.StartsWith("compare with the rule", StringComparison.Ordinal));
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
