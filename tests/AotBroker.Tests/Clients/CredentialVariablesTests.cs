using AotBroker.Clients;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>The variables that carry a credential, and those that cannot.</summary>
public sealed class CredentialVariablesTests : FormatTest
{
    [Theory]
    [InlineData("git", "ssh_command", "GIT_SSH_COMMAND")]
    [InlineData("https", "proxy", "HTTPS_PROXY")]
    [InlineData("_java", "options", "_JAVA_OPTIONS")]
    [InlineData("ssl", "cert_file", "SSL_CERT_FILE")]
    [InlineData("Node", "options", "NODE_OPTIONS")]
    [InlineData("dotnet", "startup-hooks", "DOTNET_STARTUP_HOOKS")]
    [InlineData("aws", "config_file", "AWS_CONFIG_FILE")]
    public void A_field_cannot_become_a_variable_that_programs_obey_unless_the_profile_says_so(string profile, string field, string variable)
    {
        OutputCredential output = Fields((field, "x")) with { Profile = profile };

        Expect.Error("AB0305", () => Formats.Write("env", output));
        Assert.Equal(variable, CredentialVariables.Of(output with { VariableNames = new SchemaMap<string>([KeyValuePair.Create(field, variable)]) })[0].Name);
    }

    [Theory]
    [InlineData("LD_PRELOAD")]
    [InlineData("DYLD_INSERT_LIBRARIES")]
    public void The_loader_gets_no_secret_because_it_would_print_it(string variable) => Expect.Error("AB0305", () => Formats.Write(
        "env",
        Token() with { VariableNames = new SchemaMap<string>([KeyValuePair.Create("token", variable)]) }));

    [Theory]
    [InlineData(null, true)]
    [InlineData("GATEWAY_TOKEN", false)]
    public void An_address_goes_with_the_usual_variable_alone(string? variable, bool hasAddress)
    {
        OutputCredential output = Token() with
        {
            IsAnthropic = true,
            BaseUrl = "https://gateway.example",
            VariableNames = variable is null ? null : new SchemaMap<string>([KeyValuePair.Create("token", variable)]),
        };

        Assert.Equal(hasAddress, CredentialVariables.Of(output).Exists(static one => one.Name == "ANTHROPIC_BASE_URL"));
    }

    [Fact]
    public void Two_fields_cannot_become_one_variable() => Expect.Error("AB0305", () => Formats.Write("env", Fields(("a-b", "x"), ("a_b", "y"))));
}
