using System.Net;
using System.Text.Json;

namespace LocalTokenEndpoint.Tests;

public sealed class ExecutableTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("local-token-endpoint-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task The_files_are_all_that_a_client_needs()
    {
        using var process = RunningExecutable.Start("--write-dir", _directory, "--rule-lifetime", "120", "--name", "issuer.test");

        var line = await process.ReadLineAsync();

        var endpoint = Describe();
        Assert.Contains(endpoint.GetProperty("http_url").GetString()!, line, StringComparison.Ordinal);
        Assert.Contains(endpoint.GetProperty("https_url").GetString()!, line, StringComparison.Ordinal);
        Assert.Equal(endpoint.GetProperty("http_url").GetString() + "\n", Read("ready"));
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", Read("ca.pem"), StringComparison.Ordinal);
        Assert.Equal(process.Id, endpoint.GetProperty("process_id").GetInt32());
        using var response = await ExchangeAsync(endpoint);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(120, (await response.ReadJsonAsync()).GetProperty("expires_in").GetInt32());
    }

    [Fact]
    public async Task Secrets_are_the_owner_s_alone()
    {
        using var process = RunningExecutable.Start("--write-dir", _directory, "--http", "0");

        await process.ReadLineAsync();

        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(owner, File.GetUnixFileMode(Path.Combine(_directory, "identity-token")));
            Assert.Equal(owner, File.GetUnixFileMode(Path.Combine(_directory, "endpoint.json")));
        }

        Assert.Equal(JsonValueKind.Null, Describe().GetProperty("https_url").ValueKind);
        Assert.Equal(
            ["ca.pem", "endpoint.json", "identity-token", "ready"],
            Directory.EnumerateFileSystemEntries(_directory).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_termination_signal_ends_it_cleanly_even_while_a_client_hangs()
    {
        using var process = RunningExecutable.Start("--write-dir", _directory, "--delay-ms", "3600000");
        await process.ReadLineAsync();
        var endpoint = Describe();
        var url = endpoint.GetProperty("http_url").GetString()!;
        var hanging = ExchangeAsync(endpoint);
        while (await CountEventsAsync(url) == 0)
        {
            await Task.Yield();
        }

        process.Terminate();

        Assert.Equal(0, await process.WaitForExitAsync());
        await Assert.ThrowsAsync<HttpRequestException>(() => hanging);
        Assert.False(File.Exists(Path.Combine(_directory, "ready")));
        Assert.Equal("", await process.ReadErrorAsync());
    }

    [Fact]
    public async Task The_end_of_standard_input_ends_it_on_request()
    {
        using var process = RunningExecutable.Start("--write-dir", _directory, "--until-stdin-closes");
        await process.ReadLineAsync();

        process.CloseInput();

        Assert.Equal(0, await process.WaitForExitAsync());
    }

    [Fact]
    public async Task Names_are_answered_over_dns_on_request()
    {
        using var process = RunningExecutable.Start("--write-dir", _directory, "--name", "issuer.test", "--dns", "127.0.0.1:0");
        await process.ReadLineAsync();

        var address = IPEndPoint.Parse(Describe().GetProperty("dns_address").GetString()!);

        Assert.Equal(IPAddress.Loopback, address.Address);
        Assert.NotEqual(0, address.Port);
    }

    [Theory]
    [InlineData("--write-dir is required")]
    [InlineData("unknown argument --bogus", "--bogus")]
    [InlineData("--http needs a number", "--http", "65536", "--write-dir", "x")]
    [InlineData("--rule-lifetime needs a number", "--rule-lifetime", "59", "--write-dir", "x")]
    [InlineData("--dns needs ADDRESS:PORT", "--dns", "127.0.0.1", "--write-dir", "x")]
    [InlineData("--name needs a value", "--write-dir", "x", "--name")]
    public async Task Arguments_that_make_no_sense_are_told(string message, params string[] arguments)
    {
        using var process = RunningExecutable.Start(arguments);

        Assert.Equal(2, await process.WaitForExitAsync());
        Assert.Contains(message, await process.ReadErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told()
    {
        await using var other = await LocalEndpoint.StartAsync();
        var port = new Uri(other.HttpUrl).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        using var process = RunningExecutable.Start("--write-dir", _directory, "--http", port);

        Assert.Equal(1, await process.WaitForExitAsync());
        Assert.Contains(port, await process.ReadErrorAsync(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory, "ready")));
    }

    private async Task<HttpResponseMessage> ExchangeAsync(JsonElement endpoint)
    {
        var body = new System.Text.Json.Nodes.JsonObject
        {
            ["grant_type"] = "urn:ietf:params:oauth:grant-type:jwt-bearer",
            ["assertion"] = Read("identity-token"),
            ["federation_rule_id"] = endpoint.GetProperty("federation_rule_id").GetString(),
            ["organization_id"] = endpoint.GetProperty("organization_id").GetString(),
            ["service_account_id"] = endpoint.GetProperty("service_account_id").GetString(),
            ["workspace_id"] = endpoint.GetProperty("workspace_id").GetString(),
        };
        using var request = Presenting.TokenRequest(endpoint.GetProperty("http_url").GetString()!, body);
        return await Presenting.Client.SendAsync(request);
    }

    private static async Task<int> CountEventsAsync(string url)
    {
        using var response = await Presenting.Client.GetAsync(new Uri(url + EndpointPaths.Events));
        return (await response.ReadJsonAsync()).GetArrayLength();
    }

    private JsonElement Describe() => JsonDocument.Parse(Read("endpoint.json")).RootElement;

    private string Read(string name) => File.ReadAllText(Path.Combine(_directory, name));
}
