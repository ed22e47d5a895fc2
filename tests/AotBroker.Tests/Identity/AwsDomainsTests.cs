using AotBroker.Identity;

namespace AotBroker.Tests.Exchange;

public sealed class AwsDomainsTests
{
    [Theory]
    [InlineData("eu-central-1", "https://sts.eu-central-1.amazonaws.com")]
    [InlineData("us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com")]
    [InlineData("cn-north-1", "https://sts.cn-north-1.amazonaws.com.cn")]
    [InlineData("eusc-de-east-1", "https://sts.eusc-de-east-1.amazonaws.eu")]
    [InlineData("us-iso-east-1", "https://sts.us-iso-east-1.c2s.ic.gov")]
    [InlineData("us-isob-east-1", "https://sts.us-isob-east-1.sc2s.sgov.gov")]
    public void Each_partition_has_a_domain(string region, string address) => Assert.Equal(address, AwsDomains.Sts(region));
}
