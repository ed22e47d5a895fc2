using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Buildkite's agent API: what is asked, to the letter, and what is made of each answer.</summary>
public sealed class BuildkiteIdentityTests : IDisposable
{
    private const string Job = "0190b2ab-7d4e-4a1c-9f6e-5d3c2b1a0f9e";

    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();
    private readonly string _bearer = Made.Name();

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private IdentityToken Get(string endpoint, string? audience = "https://api.anthropic.com")
    {
        _machine.Variables["BUILDKITE_AGENT_ENDPOINT"] = endpoint;
        _machine.Variables["BUILDKITE_AGENT_ACCESS_TOKEN"] = _bearer;
        _machine.Variables.TryAdd("BUILDKITE_JOB_ID", Job);
        return Sources.Tokens(new BuildkiteIdentity(), audience, _machine.Environment, _http).GetToken(_machine.Deadline());
    }

    [Theory]
    [InlineData("/v3", Job, "POST /v3/jobs/" + Job + "/oidc/tokens", "https://api.anthropic.com")]
    [InlineData("/v3/", "a/b?c", "POST /v3/jobs/a%2Fb%3Fc/oidc/tokens", "x")]
    public void The_request_is_this_to_the_letter(string path, string job, string target, string audience)
    {
        string token = Made.Jwt("{}");
        _machine.Variables["BUILDKITE_JOB_ID"] = job;
        string body = $$"""{"audience":"{{audience}}"}""";
        using RawServer server = new(RawServer.Answer(201, $$"""{"token":"{{token}}"}"""));

        Assert.Equal(token, Get(server.Url + path, audience).Reveal());

        Assert.Equal(
            HttpText.Request(server, target, "Authorization: Token " + _bearer, "Accept: application/json", "Content-Type: application/json", $"Content-Length: {body.Length}") + body,
            HttpText.Sorted(Assert.Single(server.Requests)));
    }

    [Fact]
    public void Each_call_mints_and_without_an_audience_nothing_is_asked()
    {
        using RawServer server = new(RawServer.Answer(200, "{}"));

        Assert.Contains("buildkite", Expect.Error("AB0411", () => Get(server.Url, audience: null)).Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
        Assert.True(Sources.Tokens(new BuildkiteIdentity(), null, _machine.Environment, _http).Mints);
    }

    [Theory]
    [InlineData(401, """{"message":"Invalid access token"}""", "Invalid access token")]
    [InlineData(403, """{"message":"OIDC is disabled"}""", "OIDC is disabled")]
    [InlineData(404, """{"message":"No job found"}""", "No job found")]
    [InlineData(422, """{"message":"Audience is not allowed"}""", "Audience is not allowed")]
    public void A_refusal_is_final_and_says_what_Buildkite_says(int status, string body, string told)
    {
        using RawServer server = new(RawServer.Answer(status, body));

        var error = Expect.Error("AB0409", () => Get(server.Url));

        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_bearer, error.All(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public void A_failure_that_may_pass_is_tried_again(int status)
    {
        string token = Made.Jwt("{}");
        int asked = 0;
        using RawServer server = new(_ => Interlocked.Increment(ref asked) == 1 ? RawServer.Answer(status, "{}") : RawServer.Answer(200, $$"""{"token":"{{token}}"}"""));

        Assert.Equal(token, Get(server.Url).Reveal());
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public void An_answer_that_repeats_the_access_token_is_not_repeated()
    {
        string secret = Made.Name(40);
        using RawServer server = new(RawServer.Answer(401, $$"""{"message":"bad token {{secret}}"}"""));

        Assert.DoesNotContain(secret, Expect.Error("AB0409", () => Get(server.Url)).All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"value":"x"}""", "AB0409")]
    [InlineData("""{"token":7}""", "AB0409")]
    [InlineData("<!DOCTYPE html><html>", "AB0409")]
    [InlineData("""{"token":""}""", "AB0403")]
    [InlineData("""{"token":"abc"}""", "AB0405")]
    public void An_answer_without_a_token_is_an_error(string body, string code)
    {
        using RawServer server = new(RawServer.Answer(200, body));

        Expect.Error(code, () => Get(server.Url));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("http://agent.example/v3")]
    [InlineData("agent.example")]
    public void The_access_token_goes_to_a_safe_address_alone(string endpoint) =>
        Assert.Contains("BUILDKITE_AGENT_ENDPOINT", Expect.Error("AB0310", () => Get(endpoint)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("BUILDKITE_JOB_ID", "BUILDKITE_AGENT_ACCESS_TOKEN")]
    [InlineData("BUILDKITE_AGENT_ACCESS_TOKEN", "BUILDKITE_JOB_ID")]
    public void Half_of_the_variables_is_told(string set, string missing)
    {
        _machine.Variables[set] = Made.Name();

        Assert.Equal($"{set} is set, but {missing} is not", Expect.Error("AB0410", () => IdentitySources.Detect(new DetectionContext(_machine.Environment, null))).Message);
        Assert.Contains(missing, Expect.Error("AB0410", () => Sources.Tokens(new BuildkiteIdentity(), "x", _machine.Environment, _http).GetToken(_machine.Deadline())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_that_was_handed_none_of_them_is_told_which()
    {
        _machine.Variables["BUILDKITE"] = "true";

        Assert.Contains("BUILDKITE_AGENT_ACCESS_TOKEN", Expect.Error("AB0401", () => IdentitySources.Detect(new DetectionContext(_machine.Environment, null))).All(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_job_and_the_audience_are_the_key_and_no_secret_is()
    {
        List<string> keys = [Key(new BuildkiteIdentity())];
        _machine.Variables["BUILDKITE_JOB_ID"] = Job;
        keys.Add(Key(new BuildkiteIdentity()));
        keys.Add(Key(new BuildkiteIdentity { Audience = "https://other.example" }));
        _machine.Variables["BUILDKITE_ORGANIZATION_SLUG"] = "other";
        keys.Add(Key(new BuildkiteIdentity()));
        _machine.Variables["BUILDKITE_AGENT_ACCESS_TOKEN"] = _bearer;

        Assert.Distinct(keys);
        Assert.Equal(keys[^1], Key(new BuildkiteIdentity()));
    }

    private string Key(IdentitySettings source)
    {
        KeyText key = new();
        Sources.AddToKey(key, source, "https://api.anthropic.com", _machine.Environment);
        return key.ToString();
    }
}
