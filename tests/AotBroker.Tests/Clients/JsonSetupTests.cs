using System.Text.Json;
using AotBroker.Clients;
using AotBroker.Clients.ClaudeCode;
using AotBroker.Clients.Docker;
using AotBroker.Clients.Editing;
using AotBroker.Clients.Google;
using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Docker's, Claude Code's and Google's JSON, before and after, to the octet.</summary>
public sealed class JsonSetupTests : IDisposable
{
    private const string Aws = "\"aws-sts\",\"role_arn\":\"arn:aws:iam::123456789012:role/ci\"";

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ResolvedProfile Profile(string exchange = "\"none\"", string? hosts = "\"ghcr.io\"")
    {
        string serves = hosts is null ? "" : $$""","serves":{"hosts":[{{hosts}}]}""";
        _machine.WriteBrokerProfile("ci", $$$"""{"exchange":{"type":{{{exchange}}}}{{{serves}}}}""");
        return ProfileResolver.ResolveExchange("ci", _machine.Environment);
    }

    private SetupPlan Docker(string hosts = "\"ghcr.io\"") => new DockerSetup().Plan(Profile(hosts: hosts), "/x", _machine.Environment);

    private SetupPlan ClaudeCode(string exchange) => new ClaudeCodeSetup().Plan(Profile(exchange, null), "/x", _machine.Environment);

    public static TheoryData<string, string> Written => new()
    {
        { "", "{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"aotbroker-ci\"\n\t}\n}\n" },
        { "{}", "{\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"aotbroker-ci\"\n\t}\n}" },
        { " { } \r\n", " {\r\n \t\"credHelpers\": {\r\n \t\t\"ghcr.io\": \"aotbroker-ci\"\r\n \t}\r\n } \r\n" },
        { "{\n\t\"auths\": {}\n}", "{\n\t\"auths\": {},\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"aotbroker-ci\"\n\t}\n}" },
        { "{\r\n  \"auths\": {}\r\n}\r\n", "{\r\n  \"auths\": {},\r\n  \"credHelpers\": {\r\n    \"ghcr.io\": \"aotbroker-ci\"\r\n  }\r\n}\r\n" },
        { "{\"auths\":{}}", "{\"auths\":{},\"credHelpers\":{\"ghcr.io\":\"aotbroker-ci\"}}" },
        { "{ \"größe\": [1, {\"credHelpers\": 2}] }\n", "{ \"größe\": [1, {\"credHelpers\": 2}], \"credHelpers\": {\"ghcr.io\": \"aotbroker-ci\"} }\n" },
        { "{\n    \"credHelpers\": {},\n    \"a\": 1.0e3\n}\n", "{\n    \"credHelpers\": {\n        \"ghcr.io\": \"aotbroker-ci\"\n    },\n    \"a\": 1.0e3\n}\n" },
        { "{\"credHelpers\": {}}\n", "{\"credHelpers\": {\"ghcr.io\":\"aotbroker-ci\"}}\n" },
        { "{\n\t\"credHelpers\": {\n\t\t\"gcr.io\": \"gcloud\"\n\t},\n\t\"x\": null\n}", "{\n\t\"credHelpers\": {\n\t\t\"gcr.io\": \"gcloud\",\n\t\t\"ghcr.io\": \"aotbroker-ci\"\n\t},\n\t\"x\": null\n}" },
        { "{\n  \"credHelpers\": { \"gcr.io\": \"gcloud\" }\n}", "{\n  \"credHelpers\": { \"gcr.io\": \"gcloud\", \"ghcr.io\": \"aotbroker-ci\" }\n}" },
        { "{\"credHelpers\": {\"ghcr.io\" : \"aotbroker\" } }", "{\"credHelpers\": {\"ghcr.io\" : \"aotbroker-ci\" } }" },
        { "{\"credHelpers\": {\"ghcr\\u002eio\": \"aotbroker-old\"}}", "{\"credHelpers\": {\"ghcr\\u002eio\": \"aotbroker-ci\"}}" },
        { "{\"credHelpers\": {\"ghcr.io\": \"aotbroker\\u002dci\"}}", "{\"credHelpers\": {\"ghcr.io\": \"aotbroker\\u002dci\"}}" },
        { "\ufeff{\n\t\"a\": 1\n}", "\ufeff{\n\t\"a\": 1,\n\t\"credHelpers\": {\n\t\t\"ghcr.io\": \"aotbroker-ci\"\n\t}\n}" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void The_file_gets_what_it_lacks_and_keeps_the_rest(string before, string after)
    {
        FileEdit edit = Docker().Edit(OctetText.Of(before));

        Assert.Null(edit.Refusal);
        Assert.Equal(OctetText.Of(after), edit.Text);
        Assert.Equal(edit, Docker().Edit(edit.Text!));
        using JsonDocument json = JsonDocument.Parse(OctetText.ToText(edit.Text!).TrimStart('\ufeff'));
        Assert.Equal("aotbroker-ci", json.RootElement.GetProperty("credHelpers").GetProperty("ghcr.io").GetString());
    }

    [Theory]
    [InlineData("{\"credHelpers\": {\"ghcr.io\": \"pass\"}}", "line 1 has another \"ghcr.io\"")]
    [InlineData("{\n\"credHelpers\": {\n\"ghcr.io\": null}}", "line 3 has another")]
    [InlineData("{\n\"credHelpers\": null}", "line 2 has a \"credHelpers\" that is no object")]
    [InlineData("{\n\"credHelpers\": {},\n\"credHelpers\": {}}", "line 3 has more than one")]
    [InlineData("{\"CredHelpers\": {}}", "in other letters")]
    [InlineData("{\"credHelpers\": {\"ghcr.io\": \"aotbroker\", \"ghcr.io\": \"aotbroker\"}}", "more than one")]
    [InlineData("{\"credHelpers\": {}} {}", "it is no JSON")]
    [InlineData("{\n// mine\n}", "it is no JSON, from its line 2 on")]
    [InlineData("{\"a\": 1,}", "it is no JSON")]
    [InlineData("{\"a\": \"\\ud800\", \"\\ud800\": 1}", "it is no JSON")]
    [InlineData("[]", "it is no JSON object")]
    [InlineData("nothing", "it is no JSON")]
    public void What_is_somebody_else_s_or_not_understood_is_left(string before, string reason)
    {
        FileEdit edit = Docker().Edit(before);

        Assert.Null(edit.Text);
        Assert.Contains(reason, edit.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Docker_gets_its_own_names_of_registries_and_no_pattern()
    {
        SetupPlan setup = Docker("\"https://index.docker.io/v1/\",\"Registry.example:5000\",\"https://ghcr.io/team\",\"ghcr.io\",\"*.dkr.example\"");

        using JsonDocument json = JsonDocument.Parse(setup.Lines);
        Assert.Equal(["https://index.docker.io/v1/", "registry.example:5000", "ghcr.io"], json.RootElement.GetProperty("credHelpers").EnumerateObject().Select(static one => one.Name));
        Assert.Contains(setup.Next, static line => line.Contains("*.dkr.example", StringComparison.Ordinal));
        Expect.Error("AB0201", () => Docker("\"*.dkr.example\""));
    }

    [Fact]
    public void Docker_s_link_is_asked_for_where_it_is_not_in_the_path()
    {
        Assert.Contains("`aotbroker link --profile ci DIR`", Assert.Single(Docker().Next), StringComparison.Ordinal);

        _machine.Variables["PATH"] = $"/nowhere:{Path.GetDirectoryName(_machine.Home.Write("bin/docker-credential-aotbroker-ci", ""))}";

        Assert.Empty(Docker().Next);
    }

    [Fact]
    public void Claude_Code_gets_a_helper_whose_answer_outlives_what_it_keeps()
    {
        SetupPlan setup = ClaudeCode("\"anthropic\",\"federation_rule_id\":\"fdrl_01\",\"organization_id\":\"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f\"");
        string line = $"  \"apiKeyHelper\": \"{Environment.ProcessPath} get --profile ci --min-ttl 360\"";

        Assert.Equal($"{{\n{line}\n}}\n", setup.Lines);
        Assert.Equal($"{{\n  \"env\": {{}},\n{line}\n}}\n", setup.Edit("{\n  \"env\": {}\n}\n").Text);
        Assert.Equal($"{{\n{line}\n}}\n", setup.Edit("{\n  \"apiKeyHelper\": \"'/opt/my tools/aotbroker' get\"\n}\n").Text);
        Assert.Contains("another \"apiKeyHelper\"", setup.Edit("{\"apiKeyHelper\": \"~/bin/key.sh\"}").Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Claude_Code_gets_AWS_keys_for_Bedrock_and_a_login_too_but_no_other_service_s_token()
    {
        Assert.Equal($"{{\n  \"awsCredentialExport\": \"{Environment.ProcessPath} get --profile ci --format aws\"\n}}\n", ClaudeCode(Aws).Lines);
        _machine.WriteAnthropicProfile("me", """{"authentication":{"type":"user_oauth"}}""");
        Assert.Contains("apiKeyHelper", new ClaudeCodeSetup().Plan(ProfileResolver.ResolveExchange("me", _machine.Environment), "/x", _machine.Environment).Lines, StringComparison.Ordinal);

        BrokerException error = Expect.Error("AB0201", () => ClaudeCode("\"none\""));

        Assert.Contains("\"anthropic\" or \"aws-sts\"", error.Hints[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Google_s_file_is_replaced_if_it_is_the_broker_s()
    {
        SetupPlan setup = new GoogleSetup().Plan(Profile("\"google-sts\",\"audience\":\"//iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github\"", null), "/x", _machine.Environment);
        string content = setup.Lines;

        Assert.Equal(content, setup.Edit("").Text);
        Assert.Equal(content, setup.Edit(content).Text);
        Assert.Equal(content, setup.Edit(content.Replace(Environment.ProcessPath!, "/opt/aotbroker", StringComparison.Ordinal).Replace("ci/", "old/", StringComparison.Ordinal)).Text);
        Assert.Contains("something else", setup.Edit("""{"type":"service_account"}""").Refusal, StringComparison.Ordinal);
        Assert.Contains("something else", setup.Edit(content.Replace(Environment.ProcessPath!, "/opt/other", StringComparison.Ordinal)).Refusal, StringComparison.Ordinal);
        Assert.Contains("something else", setup.Edit("aotbroker").Refusal, StringComparison.Ordinal);
        Assert.Contains("GOOGLE_APPLICATION_CREDENTIALS=/x", Assert.Single(setup.Next), StringComparison.Ordinal);
    }

    [Fact]
    public void The_files_are_the_ones_that_the_clients_read()
    {
        ProcessEnvironment chosen = _machine.WithVariables(("DOCKER_CONFIG", "/d"), ("CLAUDE_CONFIG_DIR", "/c"), ("CLOUDSDK_CONFIG", "/g"));

        Assert.Equal(("/d/config.json", "/c/settings.json", "/g/aotbroker-ci.json"), (new DockerSetup().FileFor("ci", chosen), new ClaudeCodeSetup().FileFor("ci", chosen), new GoogleSetup().FileFor("ci", chosen)));
        Assert.Equal(
            (_machine.Home[".docker/config.json"], _machine.Home[".claude/settings.json"], _machine.Home[".config/gcloud/aotbroker-ci.json"]),
            (new DockerSetup().FileFor("ci", _machine.Environment), new ClaudeCodeSetup().FileFor("ci", _machine.Environment), new GoogleSetup().FileFor("ci", _machine.Environment)));
    }
}
