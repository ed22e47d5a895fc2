using System.Text.Json;
using AotBroker.Clients;
using AotBroker.Clients.Docker;
using AotBroker.Clients.Editing;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>Docker's config.json, before and after, to the octet.</summary>
public sealed class DockerSetupTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ResolvedProfile Profile(string exchange = "\"none\"", string? hosts = "\"ghcr.io\"")
    {
        string serves = hosts is null ? "" : $$""","serves":{"hosts":[{{hosts}}]}""";
        _machine.WriteBrokerProfile("ci", $$$"""{"exchange":{"type":{{{exchange}}}}{{{serves}}}}""");
        return ProfileResolver.ResolveExchange("ci", _machine.Environment);
    }

    private SetupPlan Docker(string hosts = "\"ghcr.io\"") => new DockerSetup().Plan(Profile(hosts: hosts), "/x", _machine.Environment);

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
    [InlineData("{\n\"credHelpers\": null}", "line 2 has a \"credHelpers\" that is not an object")]
    [InlineData("{\n\"credHelpers\": {},\n\"credHelpers\": {}}", "line 3 has more than one")]
    [InlineData("{\"CredHelpers\": {}}", "in different case")]
    [InlineData("{\"credHelpers\": {\"ghcr.io\": \"aotbroker\", \"ghcr.io\": \"aotbroker\"}}", "more than one")]
    [InlineData("{\"credHelpers\": {}} {}", "it is not JSON")]
    [InlineData("{\n// mine\n}", "it is not JSON, from line 2 on")]
    [InlineData("{\"a\": 1,}", "it is not JSON")]
    [InlineData("{\"a\": \"\\ud800\", \"\\ud800\": 1}", "it is not JSON")]
    [InlineData("[]", "it is not a JSON object")]
    [InlineData("nothing", "it is not JSON")]
    public void What_others_wrote_or_cannot_be_parsed_is_left(string before, string reason)
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
    public void The_file_is_the_one_that_Docker_reads()
    {
        Assert.Equal("/d/config.json", new DockerSetup().FileFor("ci", _machine.WithVariables(("DOCKER_CONFIG", "/d"))));
        Assert.Equal(_machine.Home[".docker/config.json"], new DockerSetup().FileFor("ci", _machine.Environment));
    }
}
