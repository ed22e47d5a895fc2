using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A test whose sandbox is a person's, with a login that Anthropic's tools have left.</summary>
public abstract class LoginTest : BrokerTest
{
    protected const string ClientId = "01234567-89ab-cdef-0123-456789abcdef";

    /// <summary>The credentials file.</summary>
    protected string LoginFile => Path.Combine(Sandbox.Config, "anthropic/credentials/default.json");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        WriteProfile();
        WriteLogin();
    }

    protected void WriteProfile(string name = "default", string? credentialsPath = null, string? clientId = ClientId)
    {
        var authentication = new JsonObject { ["type"] = "user_oauth", ["client_id"] = clientId, ["credentials_path"] = credentialsPath };
        foreach (var absent in authentication.Where(member => member.Value is null).Select(member => member.Key).ToArray())
        {
            authentication.Remove(absent);
        }

        Sandbox.WriteFile($"config/anthropic/configs/{name}.json", new JsonObject
        {
            ["version"] = "1.0",
            ["authentication"] = authentication,
            ["base_url"] = Endpoint.Url,
            ["workspace_id"] = "wrkspc_01LoginTest",
        }.ToJsonString());
    }

    /// <summary>A login with this many seconds left, as a tool writes it: by rename.</summary>
    protected JsonObject WriteLogin(long remaining = -1, string? refreshToken = null)
    {
        var login = new JsonObject
        {
            ["version"] = "1.0",
            ["type"] = "oauth_token",
            ["access_token"] = Sandbox.AddSecret("sk-ant-oat01-" + Guid.NewGuid().ToString("N") + Guid.NewGuid().ToString("N")),
            ["expires_at"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + remaining,
            ["refresh_token"] = Sandbox.AddSecret(refreshToken ?? Endpoint.RefreshTokens.Issue()),
            ["scope"] = "user:inference",
            ["a_newer_member"] = "kept",
        };
        Sandbox.WriteFile("config/anthropic/credentials/default.json.new", login.ToJsonString());
        File.Move(LoginFile + ".new", LoginFile, overwrite: true);
        if (remaining > 0)
        {
            // A token that lives an hour, whatever is left of it.
            File.SetLastWriteTimeUtc(LoginFile, DateTime.UtcNow.AddSeconds(remaining - 3600));
        }

        return login;
    }

    protected JsonObject ReadLogin() => JsonNode.Parse(File.ReadAllText(LoginFile))!.AsObject();

    protected static string AccessToken(JsonObject login) => login["access_token"]!.GetValue<string>();

    protected static string RefreshToken(JsonObject login) => login["refresh_token"]!.GetValue<string>();

    /// <summary>Where the lock, the refusal or the rescue of the one login is.</summary>
    protected string[] CacheFiles(string ending) => Directory.GetFiles(Sandbox.Cache, "login-*" + ending);
}
