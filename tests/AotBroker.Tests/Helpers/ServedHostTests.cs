using AotBroker.Helpers;

namespace AotBroker.Tests;

/// <summary>A credential is handed to what a profile names, and to nothing that merely looks like it.</summary>
public sealed class ServedHostTests
{
    [Theory]
    [InlineData("github.com", "https://github.com")]
    [InlineData("github.com", "https://GitHub.com/a/b.git")]
    [InlineData("GitHub.com", "github.com")]
    [InlineData("github.com", "https://github.com:443/")]
    [InlineData("github.com", "https://user@github.com/")]
    [InlineData("github.com", "https://user:word@github.com/")]
    [InlineData("github.com:443", "https://github.com")]
    [InlineData("registry.example:5000", "https://registry.example:5000/v2/")]
    [InlineData("registry.example:5000", "registry.example:5000")]
    [InlineData("localhost:5000", "http://localhost:5000/")]
    [InlineData("127.0.0.1:8080", "http://127.0.0.1:8080")]
    [InlineData("[::1]:8080", "http://[::1]:8080/x")]
    [InlineData("http://intern.example", "http://intern.example/x")]
    [InlineData("https://github.com/org", "https://github.com/org")]
    [InlineData("https://github.com/org", "https://github.com/org/repo?x=y#z")]
    [InlineData("https://github.com/org/", "https://github.com/org/repo")]
    [InlineData("github.com/org/", "https://github.com/org/repo")]
    [InlineData("https://pypi.example/simple/", "https://pypi.example/simple")]
    [InlineData("https://pypi.example/simple", "https://pypi.example/simple/")]
    [InlineData("https://pypi.example/simple/", "https://pypi.example/simple/a")]
    [InlineData("*.example.com", "https://a.b.example.com")]
    [InlineData("https://*.example.com/x", "https://a.example.com/x/y")]
    public void What_a_profile_names_is_served(string entry, string url) => Assert.True(Match(entry, url) > 0);

    [Theory]
    [InlineData("github.com", "https://evilgithub.com")]
    [InlineData("github.com", "https://github.com.evil.example")]
    [InlineData("github.com", "https://github.com@evil.example/")]
    [InlineData("github.com", "https://evil.example/github.com")]
    [InlineData("github.com", "https://evil.example#@github.com")]
    [InlineData("github.com", "https://evil.example?@github.com")]
    [InlineData("github.com", "https://a@evil.example@github.com")]
    [InlineData("github.com", "https://evil.example\\@github.com")]
    [InlineData("github.com", "https://github.com%2eevil.example")]
    [InlineData("github.com", "https://github.com\n.evil.example")]
    [InlineData("github.com", "https://github.com\0")]
    [InlineData("github.com", "https://github.com.")]
    [InlineData("github.com", "https://gıthub.com")]
    [InlineData("github.com", "https://sub.github.com")]
    [InlineData("github.com", "https://github.com:8443")]
    [InlineData("github.com", "https://github.com:99999")]
    [InlineData("github.com", "https://github.com:+443")]
    [InlineData("github.com", "http://github.com")]
    [InlineData("github.com", "ssh://github.com")]
    [InlineData("github.com", "file:///github.com")]
    [InlineData("github.com", "https://")]
    [InlineData("github.com", "://github.com")]
    [InlineData("github.com", "")]
    [InlineData("127.0.0.1", "http://127.0.0.1.evil.example")]
    [InlineData("127.evil.example", "http://127.evil.example")]
    [InlineData("https://intern.example", "http://intern.example")]
    [InlineData("http://intern.example", "https://intern.example")]
    [InlineData("http://intern.example", "intern.example")]
    [InlineData("https://github.com/org", "https://github.com/organisation")]
    [InlineData("https://pypi.example/simple/", "https://pypi.example/simpl")]
    [InlineData("https://pypi.example/simple/", "https://pypi.example/simpler")]
    [InlineData("https://pypi.example/my%20team/", "https://pypi.example/my%20team/x")]
    [InlineData("https://github.com/org", "https://github.com/Org/x")]
    [InlineData("https://github.com/org", "https://github.com/")]
    [InlineData("https://github.com/org", "https://github.com")]
    [InlineData("https://github.com/org/", "https://github.com/org/../other")]
    [InlineData("https://github.com/org/", "https://github.com/org/..")]
    [InlineData("https://github.com/org/", "https://github.com/org/%2e%2e/other")]
    [InlineData("https://github.com/org/", "https://github.com/org/..;/other")]
    [InlineData("https://github.com/org/", "https://github.com/org//x")]
    [InlineData("*.example.com", "https://example.com")]
    [InlineData("*.example.com", "https://evilexample.com")]
    [InlineData("*.", "https://example.com")]
    [InlineData("*", "https://example.com")]
    [InlineData("not a host", "https://example.com")]
    public void Nothing_else_is(string entry, string url) => Assert.Equal(0, Match(entry, url));

    [Fact]
    public void The_longest_description_is_the_closest_and_a_star_is_the_farthest()
    {
        const string url = "https://a.example.com/x/y";

        int[] matches = [Match("*.example.com/x/y", url), Match("a.example.com", url), Match("a.example.com/x", url), Match("https://a.example.com/x/y", url)];

        Assert.All(matches, static match => Assert.True(match > 0));
        Assert.Equal(matches.Order(), matches);
    }

    private static int Match(string entry, string url) => RequestedUrl.TryParse(url) is { } asked ? ServedHost.Match(entry, asked) : 0;
}
