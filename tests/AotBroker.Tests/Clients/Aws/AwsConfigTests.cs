using AotBroker.Clients.Aws;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>A section of ~/.aws/config.</summary>
public sealed class AwsConfigTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ResolvedProfile Profile(string exchange, string name = "one")
    {
        _machine.WriteBrokerProfile(name, $$$"""{"identity":{"source":"file","path":"/run/token"},"exchange":{{{exchange}}}}""");
        return ProfileResolver.Resolve(name, _machine.Environment);
    }

    private static string Program => Environment.ProcessPath!;

    [Fact]
    public void Aws_gets_a_section_with_the_region_of_the_profile()
    {
        string section = AwsConfig.Section(Profile("""{"type":"aws-sts","role_arn":"arn:aws:iam::123456789012:role/deploy","region":"eu-central-1"}"""));

        Assert.Equal($"[profile one]\ncredential_process = {Program} get --profile one --format aws\nregion = eu-central-1\n", section);
        Assert.Equal("[default]", AwsConfig.Head("default"));
    }

    [Fact]
    public void Aws_gets_nothing_of_a_profile_that_has_no_keys() => Expect.Error("AB0201", () => AwsConfig.Section(Profile("""{"type":"none"}""")));
}
