namespace AotBroker.Tests;

/// <summary>The answer of a credentials helper, to the octet.</summary>
public sealed class TerraformFormatTests : FormatTest
{
    [Fact]
    public void Terraform_is_a_token() => Assert.Equal($$"""{"token":"{{Jwt}}"}""" + "\n", Written("terraform", Token()));
}
