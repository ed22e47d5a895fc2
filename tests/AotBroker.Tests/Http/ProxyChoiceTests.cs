using System.Net;
using AotBroker.Http;

namespace AotBroker.Tests;

/// <summary>HTTPS_PROXY and NO_PROXY, in the spellings that tools know.</summary>
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
    [InlineData("\tAPI.example.com.\n", true)]
    [InlineData("\"other.test,api.example.com\"", true)]
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
    [InlineData("https://10.1.2.3/", "10.1.99.99/16", true)]
    [InlineData("https://10.1.2.3/", "10.1.2.3/32", true)]
    [InlineData("https://10.1.2.3/", "10.1.3.3/23", true)]
    [InlineData("https://10.1.2.3/", "11.0.0.0/7", true)]
    [InlineData("https://10.1.2.3/", "1.2.3.4/0", true)]
    [InlineData("https://10.1.2.3/", "::/0", false)]
    [InlineData("https://10.1.2.3/", "10.1.2.2/32", false)]
    [InlineData("https://10.1.2.3/", "10.1.4.3/23", false)]
    [InlineData("https://10.1.2.3/", "10.0.0.0/-1", false)]
    [InlineData("https://10.1.2.3/", "10.0.0.0/", false)]
    [InlineData("https://10.1.2.3/", "/8", false)]
    [InlineData("https://10.1.2.3/", "10.0.0.0/8/8", false)]
    [InlineData("https://10.1.2.3/", "192.168.0.0/16", false)]
    [InlineData("https://10.1.2.3/", "10.0.0.0/99", false)]
    [InlineData("https://10.1.2.3/", "2.3", false)]
    [InlineData("https://10.1.2.3/", ".2.3", false)]
    [InlineData("https://[fd00::1]/", "fd00::1", true)]
    [InlineData("https://[fd00::1]/", "[fd00::1]:443", true)]
    [InlineData("https://[fd00::1]/", "fd00::/8", true)]
    [InlineData("https://[fd00::1]/", "[fd00::1]", true)]
    [InlineData("https://[fd00::1]/", "FD00:0::1", true)]
    [InlineData("https://[fd00::1]/", "fd12::9/8", true)]
    [InlineData("https://[fd00::1]/", "[fd00::]/64", true)]
    [InlineData("https://[::ffff:10.1.2.3]/", "10.0.0.0/8", true)]
    [InlineData("https://[fd00::1]/", "[fd00::1]:8443", false)]
    [InlineData("https://[fd00::1]/", "fd00::2", false)]
    public void An_address(string address, string exceptions, bool isDirect) => Check(address, exceptions, isDirect);

    [Theory]
    [InlineData("http://proxy.example:3128", "http://proxy.example:3128/")]
    [InlineData("proxy.example:3128", "http://proxy.example:3128/")]
    [InlineData("proxy.example", "http://proxy.example/")]
    [InlineData("  http://proxy.example:3128/ ", "http://proxy.example:3128/")]
    [InlineData("'http://proxy.example:3128/path?a#b'", "http://proxy.example:3128/")]
    [InlineData("\"proxy.example:3128\"", "http://proxy.example:3128/")]
    [InlineData("HTTPS://proxy.example", "https://proxy.example/")]
    [InlineData("socks5h://proxy.example", "socks5://proxy.example:1080/")]
    [InlineData("socks5://proxy.example:9", "socks5://proxy.example:9/")]
    [InlineData("socks://proxy.example", "socks5://proxy.example:1080/")]
    [InlineData("SOCKS4://10.0.0.1", "socks4://10.0.0.1:1080/")]
    [InlineData("socks4a://proxy.example:", "socks4a://proxy.example:1080/")]
    [InlineData("http://[fd00::1]:3128", "http://[fd00::1]:3128/")]
    public void A_proxy(string value, string expected) => Assert.Equal(expected, Named(value)!.Address!.AbsoluteUri);

    [Theory]
    [InlineData("http://user:pass@proxy.example:3128", "user", "pass")]
    [InlineData("http://us%40er:p%3Aa%2Fs@proxy.example:3128", "us@er", "p:a/s")]
    [InlineData("http://user:p@s:s/@proxy.example:3128", "user", "p@s:s/")]
    [InlineData("user:@proxy.example:3128", "user", "")]
    [InlineData("socks5h://user@proxy.example:3128", "user", "")]
    public void A_login(string value, string user, string password)
    {
        ProxyAddress proxy = Named(value)!;

        Assert.Equal((user, password, "proxy.example:3128"), (proxy.Login!.UserName, proxy.Login.Password, proxy.Address!.Authority));
    }

    [Theory]
    [InlineData("ftp://proxy.example")]
    [InlineData("socks6://proxy.example")]
    [InlineData("://proxy.example")]
    [InlineData("http://")]
    [InlineData("http:///")]
    [InlineData("http://user:secret@")]
    [InlineData("user:secret@pro xy.example")]
    [InlineData("http://proxy.example:x")]
    [InlineData("http://proxy.example:0")]
    [InlineData("http://proxy.example:65536")]
    [InlineData("http://fd00::1:3128")]
    [InlineData("http://proxy\r\n.example")]
    [InlineData("http://proxy.example\"")]
    public void What_is_not_understood_is_a_problem_and_no_way_around_the_proxy(string value)
    {
        ProxyChoice choice = new(Named(value), "direct.example");

        HttpOutcome problem = choice.Problem(new Uri("https://api.example.com"))!;

        Assert.Equal((HttpFailureKind.ProxyUnusable, false), (problem.Kind, problem.WasSent));
        Assert.Contains("HTTPS_PROXY", problem.Failure, StringComparison.Ordinal);
        Assert.All([problem.Failure, .. problem.Hints], static text => Assert.DoesNotContain("secret", text, StringComparison.Ordinal));
        Assert.Null(choice.Problem(new Uri("https://direct.example")));
    }

    [Theory]
    [InlineData("https_proxy=a HTTPS_PROXY=b", "a", "https_proxy")]
    [InlineData("https_proxy= HTTPS_PROXY=b ALL_PROXY=c", "b", "HTTPS_PROXY")]
    [InlineData("all_proxy=c ALL_PROXY=d", "c", "all_proxy")]
    [InlineData("HTTP_PROXY=h http_proxy=h", null, null)]
    public void The_first_variable_with_a_value_counts(string variables, string? host, string? variable)
    {
        Dictionary<string, string> set = variables.Split(' ').Select(static pair => pair.Split('=')).ToDictionary(static pair => pair[0], static pair => pair[1]);

        ProxyAddress? proxy = ProxyAddress.Of(set.GetValueOrDefault);

        Assert.Equal((host, variable), (proxy?.Address?.Host, proxy?.Variable));
    }

    private static ProxyAddress? Named(string value) => ProxyAddress.Of(variable => variable == "HTTPS_PROXY" ? value : null);

    private static void Check(string address, string? exceptions, bool isDirect)
    {
        ProxyChoice choice = new(Named("http://proxy.example:3128"), exceptions);

        Assert.Equal(isDirect, choice.IsBypassed(new Uri(address)));
        Assert.Equal(isDirect ? null : Proxy, choice.GetProxy(new Uri(address)));
    }
}
