using System.Text.Json.Nodes;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Schemas;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>
/// A refresh that is refused: a second look at the file before it is an error, because others refresh the same login
/// without the broker's lock; then remembered, as long as the file holds the same refresh token (invariant 9).
/// </summary>
public sealed class LoginRefusalTests
{
    /// <summary>Another program stores something while the broker's request is on its way.</summary>
    private static async Task<Credential> ObtainWhileAsync(LoginMachine machine, Action meanwhile)
    {
        machine.Endpoint.Faults.Add(Fault.Hold());
        Task<Credential> obtained = Task.Run(() => machine.Obtain());
        await machine.Endpoint.Events.WaitForAsync(_ => machine.Endpoint.Events.Refreshes == 1);
        meanwhile();
        machine.Endpoint.Faults.ReleaseHeld();
        return await obtained;
    }

    private static void Spend(LoginMachine machine) => machine.Write(change: static login => login["refresh_token"] = "sk-ant-ort01-" + Made.Name(100));

    [Fact]
    public async Task A_dead_refresh_token_is_an_error_that_says_to_log_in_again()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        Spend(machine);

        string all = Expect.Error("AB0423", () => machine.Obtain()).All();

        Assert.Contains(machine.FilePath, all, StringComparison.Ordinal);
        Assert.Contains("invalid_grant: Refresh token not found or invalid", all, StringComparison.Ordinal);
        Assert.Contains("log in again", all, StringComparison.Ordinal);
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task It_is_remembered_without_the_token_and_ends_with_a_new_login()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        Spend(machine);
        string token = machine.Read()["refresh_token"]!.GetValue<string>();
        Expect.Error("AB0423", () => machine.Obtain());
        Expect.Error("AB0423", () => machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
        Assert.All(Directory.GetFiles(machine.Machine.CacheDirectory), file => Assert.DoesNotContain(token[13..], File.ReadAllText(file), StringComparison.Ordinal));

        machine.Write();
        machine.Obtain();
        Assert.Equal(2, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task It_is_forgotten_after_half_a_minute()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        Spend(machine);
        Expect.Error("AB0423", () => machine.Obtain());

        machine.Machine.Clock.Advance(30);
        Expect.Error("AB0423", () => machine.Obtain());
        Assert.Equal(2, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task A_fresh_access_token_that_another_program_stored_meanwhile_is_served()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        Spend(machine);
        JsonObject? other = null;

        Credential credential = await ObtainWhileAsync(machine, () => other = machine.Write(3000));

        Assert.Equal(other!["access_token"]!.GetValue<string>(), credential.AccessToken!.Reveal());
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
        Assert.Equal(other.ToJsonString(), machine.Read().ToJsonString());
        machine.AssertSilent(other);
    }

    [Fact]
    public async Task Another_refresh_token_that_was_stored_meanwhile_is_presented_once()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        Spend(machine);

        Credential credential = await ObtainWhileAsync(machine, () => machine.Write());

        Assert.NotNull(machine.Endpoint.Grants.Find(credential.AccessToken!.Reveal()));
        Assert.Equal(credential.AccessToken!.Reveal(), machine.Read()["access_token"]!.GetValue<string>());
        Assert.Equal(2, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task There_is_no_third_look()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        int stored = 0;
        // Whoever asks is refused, and each time another program has just stored another dead token.
        using RawServer server = new(_ =>
        {
            stored++;
            Spend(machine);
            // This server closes after each answer; unsaid, the second request may meet a connection that is just ending.
            return RawServer.Answer(400, """{"error":"invalid_grant"}""", "Connection: close");
        });
        machine.Machine.WriteAnthropicProfile("raw", new JsonObject
        {
            ["authentication"] = new JsonObject { ["type"] = "user_oauth", ["client_id"] = "c", ["credentials_path"] = machine.FilePath },
            ["base_url"] = server.Url,
        }.ToJsonString());

        Expect.Error("AB0423", () => machine.Obtain(profile: "raw"));

        Assert.Equal(2, stored);
    }

    [Fact]
    public async Task A_new_login_is_not_overwritten_by_what_was_granted_to_the_old_one()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject? other = null;

        Credential credential = await ObtainWhileAsync(machine, () => other = machine.Write(3000));

        Assert.NotNull(machine.Endpoint.Grants.Find(credential.AccessToken!.Reveal()));
        Assert.Equal(other!.ToJsonString(), machine.Read().ToJsonString());
    }

    [Fact]
    public async Task What_another_program_changed_beside_the_tokens_meanwhile_is_kept()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();

        Credential credential = await ObtainWhileAsync(machine, () =>
        {
            JsonObject login = machine.Read();
            login["account_email"] = "someone@example.org";
            machine.WriteText(login.ToJsonString());
        });

        Assert.Equal("someone@example.org", machine.Read()["account_email"]!.GetValue<string>());
        Assert.Equal(credential.AccessToken!.Reveal(), machine.Read()["access_token"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_logout_meanwhile_is_not_undone()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();

        await ObtainWhileAsync(machine, () => File.Delete(machine.FilePath));

        Assert.False(File.Exists(machine.FilePath));
        Assert.False(File.Exists(machine.RescuePath));
        Assert.Contains("is gone", machine.Warning("AB0712"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, "AB0502")]
    [InlineData(401, "AB0501")]
    [InlineData(403, "AB0503")]
    [InlineData(404, "AB0504")]
    [InlineData(307, "AB0506")]
    [InlineData(500, "AB0604")]
    public async Task Each_status_has_its_code_and_is_asked_for_once(int status, string code)
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Status(status), times: null);

        Expect.Error(code, () => machine.Obtain());

        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task A_lost_answer_is_not_asked_for_again_until_five_seconds_have_passed()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.DropAfterSpending());
        Expect.Error("AB0605", () => machine.Obtain());
        Expect.Error("AB0605", () => machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);

        // As SDKs do: perhaps it was not spent. Here it was.
        machine.Machine.Clock.Advance(5);
        Expect.Error("AB0423", () => machine.Obtain());
        Assert.Equal(2, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task An_endpoint_that_cannot_be_reached_is_tried_again_and_gets_nothing_twice()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.Machine.WriteAnthropicProfile("nowhere", new JsonObject
        {
            ["authentication"] = new JsonObject { ["type"] = "user_oauth", ["client_id"] = "c", ["credentials_path"] = machine.FilePath },
            ["base_url"] = "http://127.0.0.1:1",
        }.ToJsonString());

        Expect.Error("AB0601", () => machine.Obtain(profile: "nowhere"));

        // What failed elsewhere does not stand in the way of another address.
        machine.Obtain();
    }

    [Fact]
    public async Task Too_many_requests_are_waited_out_within_the_deadline()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Status(429, headers: new Dictionary<string, string> { ["Retry-After"] = "1" }));

        machine.Obtain();

        Assert.Equal(2, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task A_retry_after_beyond_the_deadline_is_heeded_by_those_who_come_later()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Status(429, headers: new Dictionary<string, string> { ["Retry-After"] = "120" }));
        Expect.Error("AB0505", () => machine.Obtain());
        machine.Machine.Clock.Advance(119);
        Expect.Error("AB0505", () => machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);

        machine.Machine.Clock.Advance(1);
        machine.Obtain();
    }
}
