using System.Text.Json;
using AotBroker.Brokering;
using AotBroker.Commands;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;

namespace AotBroker.Tests;

/// <summary>Which profiles are there, and what is said of a name or a variable that is nearly right.</summary>
public sealed class ProfileListTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private JsonElement Listed()
    {
        Assert.Equal(0, ProfilesCommand.Run(json: true, new Session(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false)));
        using JsonDocument document = JsonDocument.Parse(_machine.Output.Octets);
        return document.RootElement.GetProperty("profiles").Clone();
    }

    [Fact]
    public void Profiles_are_listed_with_their_files_and_what_they_exchange_for()
    {
        _machine.WriteBrokerProfile("aws", """{"exchange":{"type":"aws-sts"}}""");
        _machine.WriteBrokerProfile("broken", "{");

        JsonElement[] profiles = [.. Listed().EnumerateArray()];

        Assert.Equal(["aws", "broken"], profiles.Select(static one => one.GetProperty("name").GetString()));
        Assert.Equal("aws-sts", profiles[0].GetProperty("exchange").GetString());
        Assert.EndsWith("/profiles/aws.json", profiles[0].GetProperty("file").GetString(), StringComparison.Ordinal);
        Assert.False(profiles[0].GetProperty("hidden").GetBoolean());
        Assert.Contains("broken.json", profiles[1].GetProperty("problem").GetProperty("message").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_profiles_the_list_is_empty() => Assert.Equal(0, Listed().GetArrayLength());

    [Theory]
    [InlineData("depoly", "deploy")]
    [InlineData("Deploy", "deploy")]
    [InlineData("deploy-", "deploy")]
    [InlineData("other-things", null)]
    public void The_nearest_name_is_a_hint(string asked, string? meant)
    {
        _machine.WriteBrokerProfile("deploy", """{"exchange":{"type":"none"}}""");

        var error = Expect.Error("AB0302", () => ProfileResolver.Resolve(asked, _machine.Environment));

        Assert.Equal(meant is not null, error.Hints.Contains($"did you mean \"{meant}\"?"));
        Assert.Contains(error.Hints, static hint => hint.Contains("aotbroker profiles", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ANTHROPIC_ORG_ID", "ANTHROPIC_ORGANIZATION_ID")]
    [InlineData("ANTHROPIC_ORGANISATION_ID", "ANTHROPIC_ORGANIZATION_ID")]
    [InlineData("ANTHROPIC_ORGANIZATION", "ANTHROPIC_ORGANIZATION_ID")]
    [InlineData("ANTHROPIC_ORGANIZATION_UUID", "ANTHROPIC_ORGANIZATION_ID")]
    [InlineData("anthropic_organization_id", "ANTHROPIC_ORGANIZATION_ID")]
    [InlineData("ANTHROPIC_RULE_ID", "ANTHROPIC_FEDERATION_RULE_ID")]
    [InlineData("ANTHROPIC_FED_RULE", "ANTHROPIC_FEDERATION_RULE_ID")]
    [InlineData("ANTHROPIC_FEDERATION_RULE", "ANTHROPIC_FEDERATION_RULE_ID")]
    [InlineData("ANTHROPIC_MODEL", null)]
    [InlineData("ANTHROPIC_LOG", null)]
    [InlineData("ANTHROPIC_WORKSPACE_ID", null)]
    [InlineData("OTHER_ORGANIZATION_ID", null)]
    public void The_nearest_variable_is_a_hint(string set, string? meant)
    {
        ProcessEnvironment environment = new(name => name == set ? "x" : null, TimeProvider.System, static () => "/", static () => "host", () => [set, "PATH"]);

        foreach (string missing in new[] { "ANTHROPIC_ORGANIZATION_ID", "ANTHROPIC_FEDERATION_RULE_ID" })
        {
            Assert.Equal(missing == meant ? set : null, NearVariables.Of(missing, environment));
        }
        Assert.Equal(meant is not null, Expect.Error("AB0301", () => ProfileResolver.Resolve(null, environment)).Hints.Contains($"{set} is set: did you mean {meant}?"));
    }
}
