using System.Text;
using AotBroker.Clients;
using AotBroker.Commands;
using AotBroker.Exchange;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Formats by name.</summary>
public sealed class FormatNameTests
{
    private const long Now = TestClock.StartSeconds;

    private readonly string _token = Made.AccessToken();

    private OutputCredential Output(string? baseUrl = null, string? token = null, string? scope = null, long now = Now) => new(
        new Credential { AccessToken = new Secret(token ?? _token), TokenType = "Bearer", IssuedAt = Now, ExpiresAt = Now + 600, Scope = scope }, "ci", baseUrl, now);

    [Fact]
    public void A_format_that_is_not_there_is_a_matter_of_usage()
    {
        var error = Expect.Error("AB0201", () => Choices.Format("yaml"));

        Assert.Equal("--format takes one of token, json, header, env, anthropic, aws, github-env, google, kubernetes, not \"yaml\"", error.Message);
    }

    [Fact]
    public void Every_name_is_known_and_written()
    {
        using Machine machine = new();
        machine.Variables["GITHUB_ENV"] = machine.Home["env"];
        string jwt = Made.Jwt("{}");
        Assert.All(Formats.All, format =>
        {
            Assert.IsType(format.GetType(), CredentialFormats.Find(format.Name));
            if (format.Carries(CredentialKind.Token))
            {
                OutputCredential output = Output(token: jwt) with { Environment = machine.Environment, Hosts = ["example.com"] };
                Assert.Contains(jwt, Encoding.UTF8.GetString(format.Write(output)), StringComparison.Ordinal);
            }
        });
        Assert.Null(CredentialFormats.Find("TOKEN"));
    }
}
