using AotBroker.Clients;
using AotBroker.Exchange;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Which format carries which credential.</summary>
public sealed class CredentialFormatsTests : FormatTest
{
    [Theory]
    [InlineData("token")]
    [InlineData("header")]
    [InlineData("anthropic")]
    [InlineData("kubernetes")]
    [InlineData("google")]
    [InlineData("docker")]
    [InlineData("git")]
    [InlineData("cargo")]
    [InlineData("terraform")]
    [InlineData("bazel")]
    [InlineData("goauth")]
    [InlineData("keyring")]
    public void What_does_not_suit_aws_keys_is_an_error_that_names_what_does(string format)
    {
        var error = Expect.Error("AB0201", () => Written(format, Aws()));

        Assert.Equal($"the credential of profile \"db-1\" is a set of AWS keys, which the format \"{format}\" cannot carry", error.Message);
        Assert.Equal(["the formats that can: json, env, aws, github-env"], error.Hints);
    }

    [Fact]
    public void What_does_not_suit_other_kinds_is_an_error_too()
    {
        Expect.Error("AB0201", () => Written("aws", Token()));
        Expect.Error("AB0201", () => Written("aws", Fields(("a", "b"))));
        Expect.Error("AB0201", () => Written("token", Fields(("a", "b"))));
    }

    [Fact]
    public void Every_kind_has_a_default_that_suits_it()
    {
        Assert.All(Enum.GetValues<CredentialKind>(), static kind => Assert.True(CredentialFormats.DefaultFor(kind).Carries(kind)));
        Assert.Equal("token", CredentialFormats.Choose(null, CredentialKind.Token, "ci").Name);
        Assert.Equal("aws", CredentialFormats.Choose(null, CredentialKind.AwsKeys, "ci").Name);
        Assert.Equal("json", CredentialFormats.Choose(null, CredentialKind.Fields, "ci").Name);
    }
}
