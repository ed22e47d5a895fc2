using AotBroker.Clients;

namespace AotBroker.Tests;

/// <summary>By which name a client calls, and with what.</summary>
public sealed class HelperCallTests
{
    [Theory]
    [InlineData("/usr/bin/docker-credential-aotbroker", "docker", null)]
    [InlineData("docker-credential-aotbroker-ghcr", "docker", "ghcr")]
    [InlineData("git-credential-aotbroker", "git", null)]
    [InlineData("./git-credential-aotbroker-a-b", "git", "a-b")]
    [InlineData("cargo-credential-aotbroker", "cargo", null)]
    [InlineData("terraform-credentials-aotbroker", "terraform", null)]
    [InlineData("bazel-credential-aotbroker-x", "bazel", "x")]
    [InlineData("keyring", "keyring", null)]
    public void A_link_names_the_protocol_and_perhaps_the_profile(string program, string protocol, string? profile)
    {
        HelperCall call = Assert.IsType<HelperCall>(HelperCall.OfLink(program, ["get"]));

        Assert.Equal((protocol, profile, "get"), (call.Protocol.Name, call.Profile, call.Verb));
    }

    [Theory]
    [InlineData("aotbroker")]
    [InlineData("/x/aotbroker-linux-x64")]
    [InlineData("")]
    [InlineData("docker-credential-aotbrokers")]
    [InlineData("docker")]
    [InlineData("keyring-x")]
    public void Another_name_names_nothing(string program) => Assert.Null(HelperCall.OfLink(program, ["get"]));

    [Fact]
    public void Every_link_is_known() => Assert.All(
        HelperProtocols.All.Where(static one => one.Link is not null),
        static one => Assert.Equal(one.Name, HelperProtocols.OfLink(one.Link!.Value.Name).Protocol?.Name));

    [Theory]
    [InlineData("docker get", null, "get")]
    [InlineData("docker --profile ci get", "ci", "get")]
    [InlineData("git get --profile=ci", "ci", "get")]
    [InlineData("goauth --verbose", null, "")]
    [InlineData("keyring get https://a.b user --mode=creds", null, "get https://a.b user --mode=creds")]
    [InlineData("cargo --cargo-plugin -- --profile=ci", "ci", "--cargo-plugin --")]
    public void A_verb_of_the_broker_names_it_too(string line, string? profile, string words)
    {
        HelperCall call = Assert.IsType<HelperCall>(HelperCall.OfName(line.Split(' ')));

        Assert.Equal((profile, words), (call.Profile, string.Join(' ', call.Words)));
    }

    [Theory]
    [InlineData("cargo --cargo-plugin --profile")]
    [InlineData("docker --profile= get")]
    [InlineData("git --profile a --profile b get")]
    [InlineData("git --verbose=yes get")]
    public void Its_own_options_are_checked_as_everywhere(string line) => Expect.Error("AB0201", () => HelperCall.OfName(line.Split(' ')));

    [Fact]
    public void Cargo_puts_its_own_argument_first()
    {
        HelperCall call = Assert.IsType<HelperCall>(HelperCall.OfName(["--cargo-plugin"]));

        Assert.Equal(("cargo", "--cargo-plugin"), (call.Protocol.Name, call.Verb));
    }

    [Theory]
    [InlineData("get")]
    [InlineData("docker --help")]
    [InlineData("git get -h")]
    [InlineData("Docker get")]
    public void What_is_none_is_left(string line) => Assert.Null(HelperCall.OfName(line.Split(' ')));
}
