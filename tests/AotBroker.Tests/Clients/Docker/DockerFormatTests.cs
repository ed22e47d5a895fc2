namespace AotBroker.Tests;

/// <summary>The answer of a credential helper, to the octet.</summary>
public sealed class DockerFormatTests : FormatTest
{
    [Fact]
    public void Docker_names_the_server_and_the_user() => Assert.Equal(
        $$"""{"ServerURL":"ghcr.io","Username":"bot","Secret":"{{Jwt}}"}""" + "\n",
        Written("docker", Token() with { Hosts = ["ghcr.io", "other"], UserName = "bot" }));
}
