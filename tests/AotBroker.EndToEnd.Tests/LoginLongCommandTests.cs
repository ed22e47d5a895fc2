using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A login that is kept fresh through several lives: each renewal is one refresh, and readers hold nothing to spend.</summary>
public sealed class LoginLongCommandTests : LoginTest
{
    private const int Life = 9; // Seconds; renewed when 6 are left.

    private string Place => Path.Combine(Sandbox.Root, "sandbox");

    [Fact]
    public async Task Each_renewal_under_exec_is_one_refresh_and_the_refresh_token_is_never_published()
    {
        // Until the fourth is there, which lives long.
        Endpoint.Faults.Add(Fault.ExpiresIn(Life), times: 3);

        var result = (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", """
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            left=1
            while [ $left -le 60 ]; do
              content=$(cat "$file") || { echo "not there"; exit 9; }
              case $content in *refresh*|*ort01*) echo "published: $content"; exit 8;; esac
              expiry=$(printf '%s' "$content" | sed -n 's/.*"expires_at": \([0-9]*\).*/\1/p')
              left=$((expiry - $(date +%s)))
              [ $left -gt 0 ] || { echo "expired"; exit 7; }
              sleep 0.05
            done
            """)).Succeeded();

        Assert.Equal("", result.OutputText);
        Assert.Equal((4, 4), (Endpoint.Events.Refreshes, Endpoint.Events.GrantedExchanges));
        await StillGoodAsync();
    }

    [Fact]
    public async Task Companions_of_five_commands_and_a_keeper_share_each_refresh()
    {
        Endpoint.Faults.Add(Fault.ExpiresIn(Life), times: null);
        var keep = Sandbox.Start("keep", "--publish", Place);
        var commands = Enumerable.Range(0, 5).Select(_ => Sandbox.Start("exec", "--", "/bin/sh", "-c", """
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            for n in 1 2; do
              old=$(cat "$file"); while [ "$(cat "$file")" = "$old" ]; do sleep 0.05; done
            done
            """)).ToArray();

        var results = await Task.WhenAll(commands.Select(command => command.WaitAsync()));
        var kept = await PublishedAsync();
        keep.Signal(Posix.SignalTerminate);

        (await keep.WaitAsync()).Succeeded();
        Assert.All(results, result => Assert.Equal("", result.Succeeded().OutputText));
        Assert.Equal(["version", "type", "access_token", "expires_at", "scope"], kept.Select(member => member.Key));
        // No refresh token was presented twice, whoever renewed.
        Assert.All(Endpoint.Events.At(EndpointPaths.Token), one => Assert.Equal(Outcomes.Granted, one.Outcome));
        await StillGoodAsync();
    }

    [Fact]
    public async Task What_another_program_renews_is_published_also_where_the_broker_may_not_renew_it()
    {
        WriteProfile(clientId: null);
        WriteLogin(100);

        var command = Sandbox.Start("exec", "--", "/bin/sh", "-c", """
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            old=$(cat "$file"); while [ "$(cat "$file")" = "$old" ]; do sleep 0.05; done
            sed -n 's/.*"access_token": "\(.*\)".*/\1/p' "$file"
            """);
        await command.WaitForErrorAsync("warning[AB0422]");
        var renewed = WriteLogin(3000);

        Assert.Equal(AccessToken(renewed), (await command.WaitAsync()).SucceededWith("AB0422").Says("has no client_id").Line);
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    [Fact]
    public async Task What_is_kept_is_never_published_over_a_login_or_the_profile_itself()
    {
        var login = WriteLogin(3000);
        var directory = Path.Combine(Sandbox.Config, "anthropic");

        (await Sandbox.RunAsync("keep", "--publish", directory)).Failed("AB0705", 7).Says("default.json is a login");
        WriteProfile("second", LoginFile);
        (await Sandbox.RunAsync("keep", "--publish", directory, "--profile", "second")).Failed("AB0705", 7).Says("is the profile itself");

        Assert.Equal(login.ToJsonString(), ReadLogin().ToJsonString());
        Assert.Equal(["default.json", "second.json"], Directory.GetFiles(Path.Combine(directory, "configs")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Empty(Endpoint.Events.Snapshot());
    }

    private async Task StillGoodAsync()
    {
        Endpoint.Faults.Clear();
        (await Sandbox.RunAsync("get", "--force-refresh")).Succeeded();
    }

    private async Task<JsonObject> PublishedAsync()
    {
        var path = Path.Combine(Place, "credentials/default.json");
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (!File.Exists(path))
        {
            await Task.Delay(10, patience.Token);
        }

        return JsonNode.Parse(await File.ReadAllTextAsync(path, patience.Token))!.AsObject();
    }
}
