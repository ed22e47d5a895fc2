using System.IO.Compression;
using System.Text;
using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;

namespace AotBroker.Tests;

/// <summary>An answer that is not the endpoint's own, and one that is, in a wrapping that was not asked for.</summary>
public sealed class PageTests : IDisposable
{
    private const string Html = "<!DOCTYPE html><html><head><title>Access denied</title></head><body>This category is blocked.</body></html>";

    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(407)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(511)]
    public void A_page_is_no_answer_of_the_endpoint_and_spends_no_token(int status)
    {
        foreach (string body in new[] { Html, " \r\n<HTML><body>x</body></HTML>", "\ufeff" + Html })
        {
            using RawServer server = new(RawServer.Answer(status, body));

            ExchangeResult result = Present(server);

            Expect.Error("AB0601", result.Error);
            Assert.Equal((Presentation.Unjudged, status), (result.Presentation, result.Status));
            Assert.Contains($"a web page came in its place, most likely from a proxy or a captive portal (HTTP {status})", result.Error!.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("blocked", result.Error.All(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_page_where_the_endpoint_should_be_spends_no_token()
    {
        using RawServer server = new(RawServer.Answer(404, Html));

        ExchangeResult result = Present(server);

        Expect.Error("AB0504", result.Error);
        Assert.Contains("but a web page", result.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(Presentation.Unjudged, result.Presentation);
    }

    [Theory]
    [InlineData(429, "AB0505")]
    [InlineData(500, "AB0604")]
    [InlineData(504, "AB0604")]
    [InlineData(524, "AB0604")]
    public void A_status_that_may_be_the_endpoints_own_counts_more_than_its_page(int status, string code)
    {
        using RawServer server = new(RawServer.Answer(status, Html));

        ExchangeResult result = Present(server);

        Expect.Error(code, result.Error);
        Assert.NotEqual(Presentation.Refused, result.Presentation);
    }

    [Theory]
    [InlineData("text/html; charset=utf-8", "blocked by policy", true)]
    [InlineData("application/xhtml+xml", "<x/>", true)]
    [InlineData("text/html", "{\"error\":\"invalid_grant\"}", false)]
    [InlineData("text/html", "<ErrorResponse/>", false)]
    [InlineData("text/html", "", false)]
    [InlineData("application/json", "{}", false)]
    [InlineData("application/json", "<html>", true)]
    [InlineData("text/xml", "<!DOCTYPE x []><x/>", false)]
    public void The_type_and_the_beginning_tell_a_page(string type, string body, bool isPage) =>
        Assert.Equal(isPage, new HttpAnswer(403, Encoding.UTF8.GetBytes(body)) { MediaType = type.Split(';')[0] }.IsPage);

    [Theory]
    [InlineData(407)]
    [InlineData(511)]
    public void A_login_on_the_way_spends_no_token(int status)
    {
        using RawServer server = new(RawServer.Answer(status, "{}"));

        ExchangeResult result = Present(server);

        Expect.Error("AB0601", result.Error);
        Assert.Equal(Presentation.Unjudged, result.Presentation);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("x-gzip")]
    [InlineData("deflate")]
    [InlineData("identity")]
    public void A_body_that_was_compressed_on_the_way_is_read(string encoding)
    {
        string token = Made.AccessToken();
        using RawServer server = new(Answer(encoding, Encoding.UTF8.GetBytes($$"""{"access_token":"{{token}}","expires_in":600}""")));

        Assert.Equal(token, Present(server).Credential?.AccessToken?.Reveal());
    }

    [Fact]
    public void What_unfolds_without_end_is_left_at_1_MiB()
    {
        using RawServer server = new(Answer("gzip", new byte[64 * 1024 * 1024]));

        Expect.Error("AB0508", Present(server).Error);
    }

    [Fact]
    public void What_is_said_to_be_compressed_and_is_not_is_no_answer()
    {
        using RawServer server = new(RawServer.Answer(200, "{\"access_token\":\"x\",\"expires_in\":600}", "Content-Encoding: gzip"));

        Expect.Error("AB0605", Present(server).Error);
    }

    [Fact]
    public void A_byte_order_mark_and_status_201_are_taken()
    {
        string token = Made.AccessToken();
        using RawServer server = new(RawServer.Answer(201, "\ufeff" + $$"""{"access_token":"{{token}}","expires_in":600}"""));

        Assert.Equal(token, Present(server).Credential?.AccessToken?.Reveal());
    }

    private ExchangeResult Present(RawServer server) => new AnthropicFederationExchange(Made.Federation(server.Url), _machine.Environment)
        .Check()
        .Present(Made.IdentityToken(), _http, _machine.Deadline(30));

    private static byte[] Answer(string encoding, byte[] body)
    {
        using MemoryStream compressed = new();
        using (Stream stream = encoding switch
        {
            "deflate" => new ZLibStream(compressed, CompressionMode.Compress, leaveOpen: true),
            "identity" => new BufferedStream(compressed),
            _ => new GZipStream(compressed, CompressionMode.Compress, leaveOpen: true),
        })
        {
            stream.Write(body);
            stream.Flush();
            body = encoding == "identity" ? compressed.ToArray() : body;
        }
        byte[] sent = encoding == "identity" ? body : compressed.ToArray();
        return [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {sent.Length}\r\nConnection: close\r\n\r\n"), .. sent];
    }
}
