using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Schemas;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>Advisory: a failure keeps the old credential. Mandatory: a failure is an error.</summary>
public sealed class RenewalTests
{
    [Fact]
    public async Task In_the_advisory_time_it_is_renewed()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential old = machine.Obtain();
        machine.Machine.Clock.Now = old.ExpiresAt - 121;
        machine.RotateToken();
        Assert.Equal(old, machine.Obtain());

        machine.Machine.Clock.Advance(1);
        Credential renewed = machine.Obtain();

        Assert.NotEqual(old.AccessToken, renewed.AccessToken);
        Assert.Equal(machine.Machine.Clock.Now, renewed.IssuedAt);
        Assert.Equal(renewed, machine.Obtain());
    }

    [Theory]
    [InlineData(401)]
    [InlineData(500)]
    public async Task In_the_advisory_time_a_failure_serves_the_old_one_with_a_warning(int status)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential old = machine.Obtain();
        machine.Machine.Clock.Now = old.ExpiresAt - 31;
        machine.RotateToken();
        machine.Endpoint.Faults.Add(Fault.Status(status), times: null);

        Assert.Equal(old, machine.Obtain());

        string[] warnings = [.. machine.Machine.Error.Lines.Where(static line => line.StartsWith("aotbroker: warning[AB0804]", StringComparison.Ordinal))];
        Assert.Contains("31 s", Assert.Single(warnings), StringComparison.Ordinal);
        Assert.Contains($"HTTP {status}", warnings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "AB0501")]
    [InlineData(500, "AB0604")]
    public async Task In_the_mandatory_time_a_failure_is_an_error(int status, string code)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential old = machine.Obtain();
        machine.Machine.Clock.Now = old.ExpiresAt - 30;
        machine.RotateToken();
        machine.Endpoint.Faults.Add(Fault.Status(status), times: null);

        Expect.Error(code, () => machine.Obtain());

        // The old one is left as it was.
        machine.Machine.Clock.Now = old.ExpiresAt - 200;
        Assert.Equal(old, machine.Obtain());
    }

    [Fact]
    public async Task An_expired_identity_keeps_the_old_one_in_the_advisory_time_and_is_told_in_the_mandatory()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential old = machine.Obtain();

        machine.Machine.Clock.Now = old.ExpiresAt - 31;
        Assert.Equal(old, machine.Obtain());
        machine.Machine.Clock.Advance(1);
        Expect.Error("AB0406", () => machine.Obtain());
    }

    [Fact]
    public async Task Force_renews_what_is_fresh_and_fails_where_it_cannot()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Credential old = machine.Obtain();
        machine.RotateToken();
        Credential forced = machine.Obtain(new Freshness { Force = true });
        Assert.NotEqual(old.AccessToken, forced.AccessToken);

        Expect.Error("AB0408", () => machine.Obtain(new Freshness { Force = true }));
        Assert.Equal(forced, machine.Obtain());
    }

    [Fact]
    public async Task A_minimum_life_that_can_be_had_is_had()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        Credential old = machine.Obtain();
        machine.Machine.Clock.Advance(200);

        Assert.Equal(old, machine.Obtain(new Freshness { MinimumLife = 399 }));
        Credential renewed = machine.Obtain(new Freshness { MinimumLife = 400 });

        Assert.NotEqual(old.AccessToken, renewed.AccessToken);
        Assert.True(renewed.RemainingAt(machine.Machine.Clock.Now) > 400);
    }

    [Fact]
    public async Task A_refusal_ends_when_the_platform_writes_a_new_token()
    {
        // Invariant 9.
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.RotateToken(new LocalTokenEndpoint.TokenRequest { Audience = "https://other.example" });
        Expect.Error("AB0501", () => machine.Obtain());
        Expect.Error("AB0501", () => machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);

        machine.RotateToken();
        machine.Obtain();
    }

    [Fact]
    public async Task Whoever_forces_a_refresh_asks_at_once_though_a_refusal_stands()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(Fault.Status(401));
        Expect.Error("AB0501", () => machine.Obtain());
        Expect.Error("AB0501", () => machine.Obtain());

        // In the same second.
        machine.Obtain(new Freshness { Force = true });

        Assert.Equal(2, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_failure_that_may_pass_is_asked_about_again_after_five_seconds()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(Fault.Status(503), times: 3);
        Expect.Error("AB0604", () => machine.Obtain());
        Assert.Equal(3, machine.Endpoint.Events.Presentations);
        Expect.Error("AB0604", () => machine.Obtain());
        Assert.Equal(3, machine.Endpoint.Events.Presentations);

        machine.Machine.Clock.Advance(5);
        machine.Obtain();
        Assert.Equal(4, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_retry_after_is_heeded_by_those_who_come_later()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.UseGitHub();
        machine.Endpoint.Faults.Add(Fault.Status(429, headers: new Dictionary<string, string> { ["Retry-After"] = "120" }));
        Expect.Error("AB0505", () => machine.Obtain());

        machine.Machine.Clock.Advance(119);
        Expect.Error("AB0505", () => machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);

        machine.Machine.Clock.Advance(1);
        machine.Obtain();
    }

    [Fact]
    public async Task A_short_life_is_served_for_most_of_it()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync(
            new FederationRule { SubjectPrefix = LocalEndpointOptions.DefaultSubjectPrefix, TokenLifetimeSeconds = 60 });
        Credential credential = machine.Obtain();
        Assert.Equal(60, credential.Lifetime);

        machine.Machine.Clock.Advance(29);
        Assert.Equal(credential, machine.Obtain());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }
}
