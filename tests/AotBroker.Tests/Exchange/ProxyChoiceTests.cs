using System.Net;
using AotBroker.Exchange;

namespace AotBroker.Tests;

/// <summary>NO_PROXY, in the spellings that tools know.</summary>
public sealed class ProxyChoiceTests
{
    private static readonly Uri Proxy = new("http://proxy.example:3128");

    [Theory]
    [InlineData("api.example.com", true)]
    [InlineData("API.Example.COM", true)]
    [InlineData("example.com", true)]
    [InlineData(".example.com", true)]
    [InlineData("*.example.com", true)]
    [InlineData("api.example.com:8443", true)]
    [InlineData(".example.com:8443", true)]
    [InlineData("*", true)]
    [InlineData("other.test,  api.example.com", true)]
    [InlineData("other.test api.example.com.", true)]
    [InlineData("api.example.com:443", false)]
    [InlineData("api.example.com:", false)]
    [InlineData("api.example.com:x", false)]
    [InlineData("ample.com", false)]
    [InlineData("api.example", false)]
    [InlineData("my.api.example.com", false)]
    [InlineData("10.0.0.0/8", false)]
    [InlineData(".", false)]
    [InlineData("*.", false)]
    [InlineData(",", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_name(string? exceptions, bool isDirect) => Check("https://api.example.com:8443/v1", exceptions, isDirect);

    [Theory]
    [InlineData("https://10.1.2.3/", "10.1.2.3", true)]
    [InlineData("https://10.1.2.3/", "10.1.2.3:443", true)]
    [InlineData("https://10.1.2.3/", "10.1.2.3:8443", false)]
    [InlineData("https://10.1.2.3/", "10.0.0.0/8", true)]
    [InlineData("https://10.1.2.3/", "192.168.0.0/16", false)]
    [InlineData("https://10.1.2.3/", "10.0.0.0/99", false)]
    [InlineData("https://10.1.2.3/", "2.3", false)]
    [InlineData("https://10.1.2.3/", ".2.3", false)]
    [InlineData("https://[fd00::1]/", "fd00::1", true)]
    [InlineData("https://[fd00::1]/", "[fd00::1]:443", true)]
    [InlineData("https://[fd00::1]/", "fd00::/8", true)]
    [InlineData("https://[fd00::1]/", "fd00::2", false)]
    public void An_address(string address, string exceptions, bool isDirect) => Check(address, exceptions, isDirect);

    private static void Check(string address, string? exceptions, bool isDirect)
    {
        ProxyChoice choice = new(new WebProxy(Proxy), exceptions);

        Assert.Equal(isDirect, choice.IsBypassed(new Uri(address)));
        Assert.Equal(isDirect ? null : Proxy, choice.GetProxy(new Uri(address)));
    }
}
