using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>A variable that holds the token itself.</summary>
public sealed class LiteralIdentityTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private IdentityToken Get(string variable = "GITLAB_OIDC_TOKEN") =>
        Sources.Tokens(new LiteralIdentity { Variable = variable }, null, _machine.Environment, null!).GetToken(_machine.Deadline());

    [Fact]
    public void The_variable_holds_the_token()
    {
        string token = Made.Jwt("{}");
        _machine.Variables["GITLAB_OIDC_TOKEN"] = token;

        Assert.Equal(token, Get().Reveal());
    }

    [Theory]
    [InlineData(null, "AB0402", "not set")]
    [InlineData("", "AB0403", "empty")]
    [InlineData("  ", "AB0403", "empty")]
    public void Not_set_and_empty_are_two_errors(string? value, string code, string what)
    {
        _machine.Variables["GITLAB_OIDC_TOKEN"] = value;

        var error = Expect.Error(code, () => Get());

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains("GITLAB_OIDC_TOKEN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Something_else_in_the_variable_is_not_repeated()
    {
        string secret = Made.Name(40);
        _machine.Variables["GITLAB_OIDC_TOKEN"] = secret;

        var error = Expect.Error("AB0405", () => Get());

        Assert.DoesNotContain(secret, error.All(), StringComparison.Ordinal);
    }
}
