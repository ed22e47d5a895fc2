using System.Text.Json.Nodes;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Schemas;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>A person's login: its credentials file is the cache, and one process at a time refreshes it.</summary>
public sealed class LoginTests
{
    private const int Count = 32;

    [Theory]
    [InlineData(121)]
    [InlineData(100_000)]
    public async Task A_fresh_access_token_is_served_as_it_is(long remaining)
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject login = machine.Write(remaining);

        Credential credential = machine.Obtain();

        Assert.Equal(login["access_token"]!.GetValue<string>(), credential.AccessToken!.Reveal());
        Assert.Equal(machine.Machine.Clock.Now + remaining, credential.ExpiresAt);
        Assert.Empty(machine.Endpoint.Events.Snapshot());
        Assert.False(Directory.Exists(machine.Machine.CacheDirectory));
    }

    [Fact]
    public async Task Without_an_expiry_it_never_expires()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.Write(change: static login => login.Remove("expires_at"));

        Assert.False(machine.Obtain().Expires);
        Assert.False(machine.Obtain(new Freshness { MinimumLife = long.MaxValue / 2 }).Expires);
        Assert.Equal(0, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task An_expired_one_is_refreshed_and_the_file_gets_the_answer()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject login = machine.Read();

        Credential credential = machine.Obtain();

        JsonObject written = machine.Read();
        Assert.NotNull(machine.Endpoint.Grants.Find(credential.AccessToken!.Reveal()));
        Assert.Equal(credential.AccessToken!.Reveal(), written["access_token"]!.GetValue<string>());
        Assert.Equal(machine.Machine.Clock.Now + LoginMachine.Lifetime, written["expires_at"]!.GetValue<long>());
        Assert.NotEqual(login["refresh_token"]!.GetValue<string>(), written["refresh_token"]!.GetValue<string>());
        Assert.Equal(credential.AccessToken, machine.Obtain().AccessToken);
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
        Assert.Empty(machine.Machine.Error.Lines);

        // The chain goes on.
        machine.Machine.Clock.Advance(LoginMachine.Lifetime);
        Assert.NotEqual(credential.AccessToken, machine.Obtain().AccessToken);
        Assert.Equal(2, machine.Endpoint.Events.GrantedExchanges);
        Assert.Equal(0, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task What_only_others_know_survives_in_its_place_and_in_the_form_that_they_write()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        string refresh = machine.Endpoint.RefreshTokens.Issue();
        machine.WriteText($$"""
            {"version":"1.7","first":{"b":[1,2.50,null],"a":"ü"},"type":"oauth_token","access_token":"{{Made.AccessToken()}}","expires_at":1,
             "refresh_token":"{{refresh}}","scope":"user:inference","organization_uuid":"o","organization_name":"An \"organization\"","account_email":"someone@example.org","last":true}
            """);

        Credential credential = machine.Obtain();

        string written = machine.Read()["refresh_token"]!.GetValue<string>();
        string expected = $$"""
            {
              "version": "1.7",
              "first": {
                "b": [
                  1,
                  2.50,
                  null
                ],
                "a": "ü"
              },
              "type": "oauth_token",
              "access_token": "{{credential.AccessToken!.Reveal()}}",
              "expires_at": {{credential.ExpiresAt}},
              "refresh_token": "{{written}}",
              "scope": "user:inference",
              "organization_uuid": "o",
              "organization_name": "An \"organization\"",
              "account_email": "someone@example.org",
              "last": true
            }
            """;
        Assert.Equal(expected, File.ReadAllText(machine.FilePath));
        Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(machine.FilePath));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(machine.FilePath)!));
    }

    [Fact]
    public async Task An_answer_without_a_refresh_token_leaves_the_old_one()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        string old = machine.Read()["refresh_token"]!.GetValue<string>();
        machine.Endpoint.Faults.Add(Fault.OmitRefreshToken());

        Credential credential = machine.Obtain();

        Assert.Equal(old, machine.Read()["refresh_token"]!.GetValue<string>());
        Assert.Equal(credential.AccessToken!.Reveal(), machine.Read()["access_token"]!.GetValue<string>());
    }

    [Fact]
    public async Task An_answer_without_a_lifetime_is_an_error_and_its_refresh_token_is_kept()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject login = machine.Read();
        machine.Endpoint.Faults.Add(Fault.OmitExpiresIn());

        Expect.Error("AB0507", () => machine.Obtain());

        Assert.Equal(login["access_token"]!.GetValue<string>(), machine.Read()["access_token"]!.GetValue<string>());
        Assert.Equal(login["expires_at"]!.GetValue<long>(), machine.Read()["expires_at"]!.GetValue<long>());
        // The old one is spent: with it, this would be the end of the login.
        machine.Obtain();
        Assert.Equal(2, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task Thirty_two_callers_share_one_refresh()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Hold());

        Threads.Running<Credential> all = Threads.Start(Count, _ => machine.Obtain(seconds: 60));
        await machine.Endpoint.Events.WaitForAsync(_ => machine.Endpoint.Events.Refreshes == 1);
        KernelLocks.AwaitWaiters(machine.LockPath, Count - 1);
        machine.Endpoint.Faults.ReleaseHeld();

        Assert.Single(all.Results().Select(static credential => credential.AccessToken).Distinct());
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
        Assert.Empty(machine.Machine.Error.Lines);
    }

    [Fact]
    public async Task Two_profiles_that_share_a_file_share_one_refresh_though_one_goes_through_a_link()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        string directory = Path.GetDirectoryName(machine.FilePath)!;
        Directory.CreateSymbolicLink(machine.Machine.Home["linked"], directory);
        machine.WriteProfile("second", credentialsPath: machine.Machine.Home["linked/./default.json"]);
        machine.Endpoint.Faults.Add(Fault.Hold());

        Threads.Running<Credential> all = Threads.Start(2, number => machine.Obtain(seconds: 60, profile: number == 0 ? "default" : "second"));
        await machine.Endpoint.Events.WaitForAsync(_ => machine.Endpoint.Events.Refreshes == 1);
        KernelLocks.AwaitWaiters(machine.LockPath, 1);
        machine.Endpoint.Faults.ReleaseHeld();

        Assert.Single(all.Results().Select(static credential => credential.AccessToken).Distinct());
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task Force_refreshes_what_is_fresh()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject login = machine.Write(3000);

        Assert.NotEqual(login["access_token"]!.GetValue<string>(), machine.Obtain(new Freshness { Force = true }).AccessToken!.Reveal());
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task A_minimum_life_is_had_where_it_can_be()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject login = machine.Write(1000);

        Assert.Equal(login["access_token"]!.GetValue<string>(), machine.Obtain(new Freshness { MinimumLife = 999 }).AccessToken!.Reveal());
        Assert.Equal(LoginMachine.Lifetime, machine.Obtain(new Freshness { MinimumLife = 1000 }).RemainingAt(machine.Machine.Clock.Now));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(30)]
    public async Task A_failure_serves_the_old_one_as_long_as_it_is_good(long remaining)
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject login = machine.Write(remaining);
        machine.Endpoint.Faults.Add(Fault.Status(503), times: null);

        if (remaining > 30)
        {
            Assert.Equal(login["access_token"]!.GetValue<string>(), machine.Obtain().AccessToken!.Reveal());
            Assert.Contains("HTTP 503", machine.Warning("AB0804"), StringComparison.Ordinal);
        }
        else
        {
            Expect.Error("AB0604", () => machine.Obtain());
        }

        // Sent, and not answered: not sent again by this process.
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
        Assert.Equal(login["refresh_token"]!.GetValue<string>(), machine.Read()["refresh_token"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task What_cannot_be_refreshed_is_served_without_a_word_until_it_is_about_to_expire(bool hasClient, bool hasRefreshToken)
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.WriteProfile(clientId: hasClient ? LoginMachine.ClientId : null);
        Action<JsonObject> change = login => login["refresh_token"] = hasRefreshToken ? login["refresh_token"]!.GetValue<string>() : "";
        JsonObject login = machine.Write(31, change);
        Assert.Equal(login["access_token"]!.GetValue<string>(), machine.Obtain().AccessToken!.Reveal());
        Assert.Empty(machine.Machine.Error.Lines);
        Expect.Error("AB0422", () => machine.Obtain(new Freshness { Force = true }));

        machine.Write(30, change);
        string all = Expect.Error("AB0422", () => machine.Obtain()).All();

        Assert.Contains(hasClient ? "no refresh token" : "no client_id", all, StringComparison.Ordinal);
        Assert.Contains("log in again", all, StringComparison.Ordinal);
        Assert.Equal(0, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task Without_a_cache_it_is_refreshed_all_the_same_with_a_warning()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.Machine.LeaveNoPlaceForACache();

        Credential credential = machine.Obtain();

        Assert.Contains("no place for a cache", machine.Warning("AB0701"), StringComparison.Ordinal);
        Assert.Equal(credential.AccessToken!.Reveal(), machine.Read()["access_token"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_a_killed_process_left_is_removed_by_the_next_that_writes_and_a_living_ones_is_not()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        // The first id after the largest that Linux gives; the parent of this process, which lives.
        string dead = $"{machine.FilePath}.4194305.aotbroker";
        string living = $"{machine.FilePath}.1.aotbroker";
        File.WriteAllText(dead, "{");
        File.WriteAllText(living, "{");

        machine.Obtain();

        Assert.False(File.Exists(dead));
        Assert.True(File.Exists(living));
    }

    [Fact]
    public async Task Nothing_secret_is_told_or_named()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject first = machine.Read();
        machine.Obtain();
        JsonObject second = machine.Read();
        machine.Endpoint.Faults.Add(Fault.Status(400, $$"""{"error":"invalid_request","error_description":"no good: {{second["refresh_token"]}}","refresh_token":"{{second["refresh_token"]}}"}"""));

        string all = Expect.Error("AB0502", () => machine.Obtain(new Freshness { Force = true })).All();

        Assert.DoesNotContain("sk-ant-", all, StringComparison.Ordinal);
        Assert.Contains("the service's text was left out", all, StringComparison.Ordinal);
        machine.AssertSilent(first, second);
        foreach (string file in Directory.GetFiles(machine.Machine.CacheDirectory))
        {
            Assert.DoesNotContain("sk-ant-", File.ReadAllText(file), StringComparison.Ordinal);
        }
    }
}
