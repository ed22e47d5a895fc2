using System.Net.Sockets;
using System.Text;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using Microsoft.AspNetCore.Http;

namespace AotBroker.Tests;

/// <summary>The SPIFFE Workload API: the call to the octet, and what is made of each answer.</summary>
public sealed class SpiffeIdentityTests : IDisposable
{
    private const string Audience = "https://api.anthropic.com";
    private const string Id = "spiffe://example.org/agent";

    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private string SocketPath => _machine.Home["agent.sock"];

    private SourceTokens Provider(string? id = null, string? audience = Audience) =>
        Sources.Tokens(new SpiffeIdentity { SpiffeId = id }, audience, _machine.Environment, _http);

    private IdentityToken Get(string endpoint, string? id = null, string? audience = Audience, double seconds = 30)
    {
        _machine.Variables["SPIFFE_ENDPOINT_SOCKET"] = endpoint;
        return Provider(id, audience).GetToken(_machine.Deadline(seconds));
    }

    private Task<WorkloadApi> StartAsync(Func<HttpContext, int, Task> answer) => WorkloadApi.StartAsync(SocketPath, answer);

    private Task<WorkloadApi> GivingAsync(byte[] message) => StartAsync((context, _) => WorkloadApi.Give(context, message));

    /// <summary>A field of length-delimited octets, written here by hand.</summary>
    private static byte[] Field(int number, byte[] octets) => octets.Length < 128
        ? [(byte)((number << 3) | 2), (byte)octets.Length, .. octets]
        : [(byte)((number << 3) | 2), (byte)(0x80 | (octets.Length & 0x7F)), (byte)(octets.Length >> 7), .. octets];

    private static byte[] Field(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    private static byte[] Svid(string id, string token) => Field(1, [.. Field(1, id), .. Field(2, token), .. Field(3, "a hint")]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_call_is_this_to_the_octet(bool overUnixSocket)
    {
        string token = Made.Jwt("{}");
        await using WorkloadApi api = await WorkloadApi.StartAsync(overUnixSocket ? SocketPath : null, (context, _) => WorkloadApi.Give(context, Svid(Id, token)));

        Assert.Equal(token, Get(api.Endpoint, Id).Reveal());

        WorkloadApi.Call call = Assert.Single(api.Calls);
        Assert.Equal("POST /SpiffeWorkloadAPI/FetchJWTSVID HTTP/2", call.Line);
        Assert.Equal("application/grpc", call.Headers["content-type"]);
        Assert.Equal("trailers", call.Headers["te"]);
        Assert.Equal("true", call.Headers["workload.spiffe.io"]);
        Assert.Matches("^[0-9]{1,8}m$", call.Headers["grpc-timeout"]);
        byte[] message = [.. Field(1, Audience), .. Field(2, Id)];
        Assert.Equal([0, 0, 0, 0, (byte)message.Length, .. message], call.Body);
    }

    [Fact]
    public async Task Without_an_id_none_is_asked_for_and_the_first_is_taken()
    {
        string token = Made.Jwt("{}");
        await using WorkloadApi api = await GivingAsync([.. Svid(Id, token), .. Svid(Id + "/other", Made.Jwt("{}"))]);

        Assert.Equal(token, Get(api.Endpoint).Reveal());

        byte[] message = Field(1, Audience);
        Assert.Equal([0, 0, 0, 0, (byte)message.Length, .. message], Assert.Single(api.Calls).Body);
    }

    [Fact]
    public async Task Of_several_the_one_that_was_asked_for_is_taken()
    {
        string token = Made.Jwt("{}");
        await using WorkloadApi api = await GivingAsync([.. Svid(Id + "/other", Made.Jwt("{}")), .. Svid(Id, token)]);

        Assert.Equal(token, Get(api.Endpoint, Id).Reveal());
        Assert.Contains(Id + "/third", Expect.Error("AB0409", () => Get(api.Endpoint, Id + "/third")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_that_nobody_knows_are_passed_over()
    {
        string token = Made.Jwt("{}");
        byte[] unknown = [0x78, 0xFF, 0x01, 0x7D, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8];
        await using WorkloadApi api = await GivingAsync([.. unknown, .. Field(9, "x"), .. Field(1, [.. unknown, .. Field(2, token), .. unknown]), .. unknown]);

        Assert.Equal(token, Get(api.Endpoint).Reveal());
    }

    [Theory]
    [InlineData("0A")]
    [InlineData("0A05")]
    [InlineData("0A020A09")]
    [InlineData("0AFFFFFFFFFFFFFFFFFFFF01")]
    [InlineData("0AFFFFFFFFFFFFFFFFFF01")]
    [InlineData("0200")]
    [InlineData("0B0C")]
    [InlineData("FF")]
    [InlineData("0D0102")]
    [InlineData("0901")]
    public async Task A_message_that_is_none_is_an_error(string hexadecimal)
    {
        await using WorkloadApi api = await GivingAsync(Convert.FromHexString(hexadecimal));

        Assert.Contains("cannot be read", Expect.Error("AB0409", () => Get(api.Endpoint)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "AB0409")]
    [InlineData("0A00", "AB0403")]
    [InlineData("0A04120261620A", "AB0409")]
    [InlineData("0A0412026162", "AB0405")]
    public async Task An_answer_without_a_token_is_an_error(string hexadecimal, string code)
    {
        await using WorkloadApi api = await GivingAsync(Convert.FromHexString(hexadecimal));

        Expect.Error(code, () => Get(api.Endpoint));
    }

    [Fact]
    public async Task A_compressed_message_is_not_taken()
    {
        await using WorkloadApi api = await StartAsync(static (context, _) => WorkloadApi.Give(context, Svid(Id, Made.Jwt("{}")), compressed: 1));

        Expect.Error("AB0409", () => Get(api.Endpoint));
    }

    [Fact]
    public async Task A_message_with_a_failure_behind_it_is_not_taken()
    {
        await using WorkloadApi api = await StartAsync(static (context, _) => WorkloadApi.Give(context, Svid(Id, Made.Jwt("{}")), status: "13"));

        Assert.Contains("gRPC status 13", Expect.Error("AB0409", () => Get(api.Endpoint)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "identity.audience")]
    [InlineData(12, "Workload API")]
    [InlineData(13, "log")]
    public async Task What_another_try_would_not_change_is_final(int status, string hint)
    {
        await using WorkloadApi api = await StartAsync((context, _) => WorkloadApi.Refuse(context, status, "no%20such%0Athing %C3%A4 100%"));

        var error = Expect.Error("AB0409", () => Get(api.Endpoint));

        Assert.EndsWith(": no such thing ä 100%", error.Message, StringComparison.Ordinal);
        Assert.Contains(hint, error.All(), StringComparison.Ordinal);
        Assert.Single(api.Calls);
    }

    [Theory]
    [InlineData(7, false)]
    [InlineData(7, true)]
    [InlineData(14, false)]
    [InlineData(14, true)]
    public async Task What_may_pass_is_tried_again(int status, bool inTrailers)
    {
        string token = Made.Jwt("{}");
        await using WorkloadApi api = await StartAsync((context, call) => call == 1
            ? WorkloadApi.Refuse(context, status, null, inTrailers)
            : WorkloadApi.Give(context, Svid(Id, token)));

        Assert.Equal(token, Get(api.Endpoint).Reveal());

        Assert.Equal(2, api.Calls.Count);
    }

    [Fact]
    public async Task A_process_that_the_agent_does_not_know_is_asked_for_five_times_and_told_to_be_registered()
    {
        string secret = Made.AccessToken();
        await using WorkloadApi api = await StartAsync((context, _) => WorkloadApi.Refuse(context, 7, "no identity issued for " + secret));

        var error = Expect.Error("AB0409", () => Get(api.Endpoint));

        Assert.Contains("register this workload", error.All(), StringComparison.Ordinal);
        Assert.Contains("no identity issued for [redacted]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, error.All(), StringComparison.Ordinal);
        Assert.Equal(5, api.Calls.Count);
    }

    [Fact]
    public async Task What_the_agent_said_is_told_where_the_time_for_another_try_is_over()
    {
        await using WorkloadApi api = await StartAsync(static (context, call) =>
            call == 1 ? WorkloadApi.Refuse(context, 7, "no identity issued") : Task.Delay(Timeout.Infinite, context.RequestAborted));

        Assert.Contains("no identity issued", Expect.Error("AB0409", () => Get(api.Endpoint, seconds: 5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_is_not_gRPCs_is_told()
    {
        await using WorkloadApi api = await StartAsync(static (context, _) => context.Response.WriteAsync("hello"));

        Assert.Contains("not gRPC's (HTTP 200)", Expect.Error("AB0409", () => Get(api.Endpoint)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_that_hangs_is_left_at_the_deadline()
    {
        using Socket hanging = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        hanging.Bind(new UnixDomainSocketEndPoint(SocketPath));
        hanging.Listen();

        var error = Expect.Error("AB0409", () => Get("unix://" + SocketPath, seconds: 1));

        Assert.Contains("does not answer", error.All(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_that_nobody_listens_at_any_more_is_told()
    {
        using (Socket gone = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            gone.Bind(new UnixDomainSocketEndPoint(SocketPath));
            File.Move(SocketPath, SocketPath + ".kept"); // Closing it would remove the file.
        }

        Assert.Contains("the agent runs", Expect.Error("AB0409", () => Get("unix://" + SocketPath + ".kept", seconds: 1)).All(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_socket_or_not_there_is_told()
    {
        Assert.Contains("not a socket", Expect.Error("AB0402", () => Get("unix://" + _machine.Home.Write("file", "x"))).Message, StringComparison.Ordinal);
        Assert.Contains("not a socket", Expect.Error("AB0402", () => Get("unix://" + _machine.Home.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("No such file", Expect.Error("AB0402", () => Get("unix://" + SocketPath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/run/agent.sock")]
    [InlineData("unix:/run/agent.sock")]
    [InlineData("unix://run/agent.sock")]
    [InlineData("unix:///")]
    [InlineData("unix://")]
    [InlineData("unix:///run/agent.sock?x=y")]
    [InlineData("unix:///run/agent.sock#x")]
    [InlineData("tcp://localhost:8081")]
    [InlineData("tcp://127.0.0.1")]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("tcp://127.0.0.1:8081/")]
    [InlineData("tcp://127.0.0.1:8081/path")]
    [InlineData("tcp://user@127.0.0.1:8081")]
    [InlineData("tcp://::1:8081")]
    [InlineData("http://127.0.0.1:8081")]
    [InlineData("npipe:agent")]
    public void An_address_that_SPIFFE_does_not_know_is_refused(string endpoint) =>
        Assert.Contains("SPIFFE_ENDPOINT_SOCKET", Expect.Error("AB0305", () => Get(endpoint)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("unix:///run/agent.sock", "/run/agent.sock", "localhost", 80)]
    [InlineData("unix:///run/a%20b.sock", "/run/a b.sock", "localhost", 80)]
    [InlineData("tcp://127.0.0.1:8081", null, "127.0.0.1", 8081)]
    [InlineData("tcp://169.254.1.2:8081", null, "169.254.1.2", 8081)]
    [InlineData("tcp://[::1]:8081", null, "[::1]", 8081)]
    public void An_address_that_SPIFFE_knows_is_taken(string endpoint, string? socket, string host, int port)
    {
        SpiffeEndpoint taken = SpiffeEndpoint.Of(endpoint, "a test");

        Assert.Equal((socket, host, port), (taken.Socket, taken.Address.Uri.Host, taken.Address.Uri.Port));
    }

    [Fact]
    public void Nobody_is_asked_beyond_this_machine() => Expect.Error("AB0310", () => Get("tcp://192.0.2.1:8081"));

    [Fact]
    public void Without_an_audience_or_an_address_nobody_is_asked()
    {
        Expect.Error("AB0411", () => Get("unix://" + SocketPath, audience: null));
        _machine.Variables["SPIFFE_ENDPOINT_SOCKET"] = "";
        Assert.Contains("SPIFFE_ENDPOINT_SOCKET is not set", Expect.Error("AB0410", () => Provider().GetToken(_machine.Deadline())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_found_by_its_variable_and_its_next_token_is_due_at_half_of_a_life()
    {
        _machine.Variables["SPIFFE_ENDPOINT_SOCKET"] = "unix:///run/agent.sock";

        FoundIdentity found = IdentitySources.Detect(new DetectionContext(_machine.Environment, "other"))!;

        Assert.Equal("SPIFFE_ENDPOINT_SOCKET", found.Origin);
        Assert.Equal("other", Assert.IsType<SpiffeIdentity>(found.Source).Audience);
        Assert.Equal(TokenSupply.Cached, Provider().Supply);
        Assert.Equal(1150, Provider().RotatesAt(IdentityToken.Parse(Made.Jwt("""{"iat":1000,"exp":1300}"""), "a test")));
        Assert.Null(Provider().RotatesAt(IdentityToken.Parse(Made.Jwt("{}"), "a test")));
    }

    [Fact]
    public void The_key_tells_agents_and_ids_and_audiences_apart()
    {
        HashSet<string> keys = [];
        FederatedProfile profile = Made.Profile();
        foreach (string endpoint in (string[])["unix:///run/one.sock", "unix:///run/two.sock"])
        {
            _machine.Variables["SPIFFE_ENDPOINT_SOCKET"] = endpoint;
            foreach (SpiffeIdentity identity in (SpiffeIdentity[])[new(), new() { SpiffeId = Id }, new() { Audience = "other" }])
            {
                keys.Add(CacheKey.Of(profile with { Identity = IdentitySources.Bind(identity, _machine.Environment) }).Text);
            }
        }
        Assert.Equal(6, keys.Count);
    }
}
