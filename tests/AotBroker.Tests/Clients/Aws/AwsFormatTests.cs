using AotBroker.Runtime;

namespace AotBroker.Tests;

/// <summary>The answer of a `credential_process`, to the octet.</summary>
public sealed class AwsFormatTests : FormatTest
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("123456789012", ",\"AccountId\":\"123456789012\"")]
    public void Aws_is_what_a_credential_process_prints(string? account, string last) => Assert.Equal(
        $$"""{"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"{{SecretKey}}","SessionToken":"{{SessionToken}}","Expiration":"{{Times.Utc(Now + 3600)}}"{{last}}}""" + "\n",
        Written("aws", Aws(account)));
}
