using System.Text.Json;
using System.Text.Json.Nodes;
using AotBroker.Brokering;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Logins;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Schemas;
using LocalTokenEndpoint;
using Microsoft.Extensions.Logging.Abstractions;

namespace AotBroker.Tests;

/// <summary>A person's machine with a login of Anthropic's tools, and the endpoint that refreshes it. Both follow one clock.</summary>
internal sealed class LoginMachine : IAsyncDisposable
{
    public const string ClientId = "01234567-89ab-cdef-0123-456789abcdef";
    public const int Lifetime = 3600;

    private LoginMachine(LocalEndpoint endpoint, Machine machine)
    {
        Endpoint = endpoint;
        Machine = machine;
        WriteProfile();
        Write();
    }

    public LocalEndpoint Endpoint { get; }

    public Machine Machine { get; }

    /// <summary>The credentials file.</summary>
    public string FilePath => Machine.Home[".config/anthropic/credentials/default.json"];

    public LoginProfile Profile => (LoginProfile)ProfileResolver.Resolve(null, Machine.Environment);

    public CacheKey Key => CacheKey.Of(Profile, new LoginFile(Profile.CredentialsFile, Machine.Environment).RealPath);

    public string LockPath => $"{Machine.CacheDirectory}/{Key.FileStem}.lock";

    public string RescuePath => $"{Machine.CacheDirectory}/{Key.FileStem}.rescue.json";

    public static async Task<LoginMachine> StartAsync()
    {
        Machine machine = new();
        LocalEndpoint endpoint = await LocalEndpoint.StartAsync(new LocalEndpointOptions { Time = machine.Clock, HttpsPort = null });
        return new LoginMachine(endpoint, machine);
    }

    public void WriteProfile(string name = "default", string? clientId = ClientId, string? credentialsPath = null)
    {
        JsonObject authentication = new() { ["type"] = "user_oauth" };
        if (clientId is not null)
        {
            authentication["client_id"] = clientId;
        }
        if (credentialsPath is not null)
        {
            authentication["credentials_path"] = credentialsPath;
        }
        Machine.WriteAnthropicProfile(name, new JsonObject { ["version"] = "1.0", ["authentication"] = authentication, ["base_url"] = Endpoint.HttpUrl }.ToJsonString());
    }

    /// <summary>A new login, as a tool writes it: with this many seconds to live, expired where there is no number.</summary>
    public JsonObject Write(long remaining = -1, Action<JsonObject>? change = null)
    {
        JsonObject login = new()
        {
            ["version"] = "1.0",
            ["type"] = "oauth_token",
            ["access_token"] = Made.AccessToken(),
            ["expires_at"] = Machine.Clock.Now + remaining,
            ["refresh_token"] = Endpoint.RefreshTokens.Issue(Lifetime),
            ["scope"] = "user:inference",
        };
        change?.Invoke(login);
        WriteText(login.ToJsonString());
        return login;
    }

    public void WriteText(string content) => Machine.Home.Write(".config/anthropic/credentials/default.json", content);

    public JsonObject Read() => JsonNode.Parse(File.ReadAllText(FilePath))!.AsObject();

    /// <summary>Keeps this process from writing the credentials file, also where it runs as root, until it is disposed.</summary>
    public IDisposable MakeUnwritable() => new Obstacle(this);

    /// <summary>What a process of its own would obtain.</summary>
    public Credential Obtain(Freshness? freshness = null, double seconds = 30, string? profile = null) =>
        new Broker(Machine.Environment, Machine.Reporter, NullLogger.Instance, static () => new PinnedHttp())
            .Obtain(ProfileResolver.Resolve(profile, Machine.Environment), freshness ?? new Freshness(), TimeSpan.FromSeconds(seconds));

    public string Warning(string code) =>
        Assert.Single(Machine.Error.Lines, line => line.StartsWith($"aotbroker: warning[{code}]", StringComparison.Ordinal));

    /// <summary>No secret of the login stands in what was told, or in a name in the cache.</summary>
    public void AssertSilent(params JsonObject[] logins)
    {
        string told = Machine.Error.Text;
        string[] names = Directory.Exists(Machine.CacheDirectory) ? Directory.GetFileSystemEntries(Machine.CacheDirectory) : [];
        foreach (string secret in logins.SelectMany(static login => new[] { "access_token", "refresh_token" }.Select(name => login[name]!.GetValue<string>())))
        {
            Assert.DoesNotContain(secret[13..], told, StringComparison.Ordinal);
            Assert.DoesNotContain(names, name => name.Contains(secret[13..], StringComparison.Ordinal));
        }
        Assert.DoesNotContain("sk-ant-o", told, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await Endpoint.DisposeAsync();
        Machine.Dispose();
    }

    /// <summary>A directory, with something in it, in the place of the file's temporary name.</summary>
    private sealed class Obstacle : IDisposable
    {
        private readonly string _path;

        public Obstacle(LoginMachine machine)
        {
            _path = $"{machine.FilePath}.{Environment.ProcessId}.aotbroker";
            Directory.CreateDirectory(_path + "/obstacle");
        }

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
