using System.Text;
using AotBroker.Brokering;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>
/// Signature Version 4 against the signatures that AWS publishes: the IAM example of its documentation, and cases of its test
/// suite. Key, time and region are theirs, and open no door.
/// </summary>
public sealed class AwsSignatureTests
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Session =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    private static readonly DateTimeOffset Then = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    private static IReadOnlyList<KeyValuePair<string, string>> Sign(HttpRequestPlan plan, string service, string? session = null)
    {
        AwsSigningKeys keys = new("AKIDEXAMPLE", new Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), session is null ? null : new Secret(session));
        return new AwsSignature(keys, "us-east-1", service).Headers(plan, Then);
    }

    private static string Authorization(IReadOnlyList<KeyValuePair<string, string>> headers) => headers.Single(static header => header.Key == "Authorization").Value;

    private static string Expected(string service, string names, string signature) =>
        $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request, SignedHeaders={names}, Signature={signature}";

    [Fact]
    public void The_documentations_example() => Assert.Equal(
        Expected("iam", "content-type;host;x-amz-date", "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"),
        Authorization(Sign(
            new HttpRequestPlan(HttpMethod.Get, CheckedUrl.Of("https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", "a test")) { Headers = [new("Content-Type", Form + "; charset=utf-8")] },
            "iam")));

    [Theory]
    [InlineData("GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    public void The_suites_requests_without_a_body(string method, string signature) => Assert.Equal(
        Expected("service", "host;x-amz-date", signature),
        Authorization(Sign(new HttpRequestPlan(new HttpMethod(method), CheckedUrl.Of("https://example.amazonaws.com/", "a test")), "service")));

    [Fact]
    public void The_suites_form() => Assert.Equal(
        Expected("service", "content-type;host;x-amz-date", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
        Authorization(Sign(
            new HttpRequestPlan(HttpMethod.Post, CheckedUrl.Of("https://example.amazonaws.com/", "a test")) { Body = Encoding.ASCII.GetBytes("Param1=value1"), ContentType = Form },
            "service")));

    [Fact]
    public void The_suites_temporary_credentials() => Assert.Equal(
        Expected("service", "host;x-amz-date;x-amz-security-token", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"),
        Authorization(Sign(new HttpRequestPlan(HttpMethod.Post, CheckedUrl.Of("https://example.amazonaws.com/", "a test")), "service", Session)));

    [Fact]
    public void The_signed_headers_are_sent_with_it()
    {
        var headers = Sign(new HttpRequestPlan(HttpMethod.Get, CheckedUrl.Of("https://example.amazonaws.com/", "a test")) { Headers = [new("Accept", "text/xml")] }, "service", Session);

        Assert.Equal(["Accept", "X-Amz-Date", "X-Amz-Security-Token", "Authorization"], headers.Select(static header => header.Key));
        Assert.Equal(("20150830T123600Z", Session), (headers[1].Value, headers[2].Value));
        Assert.Contains("SignedHeaders=accept;host;x-amz-date;x-amz-security-token,", Authorization(headers), StringComparison.Ordinal);
    }
}
