using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>When a cached credential is renewed: --min-ttl, --force-refresh, and the times of Anthropic's SDKs.</summary>
[Collection(Bursts.Name)]
public sealed class RenewalTests : BrokerTest
{
    private string _token = "";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
        _token = (await Sandbox.RunAsync("get")).Succeeded().Line;
    }

    [Theory]
    [InlineData(300, 0, false)]
    [InlineData(300, 120, false)]
    [InlineData(100, 0, true)]
    [InlineData(-10, 0, true)]
    public async Task A_credential_with_so_many_seconds_left_is_renewed_or_not(long remaining, long minimum, bool isRenewed)
    {
        SetRemainingLife(remaining);

        var result = (await Sandbox.RunAsync(minimum > 0 ? ["get", "--min-ttl", $"{minimum}"] : ["get"])).Succeeded();

        Assert.Equal(isRenewed, result.Line != _token);
        Assert.Equal(isRenewed ? 2 : 1, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_minimum_life_renews_what_has_less_and_serves_what_has_more()
    {
        SetRemainingLife(300);

        var renewed = (await Sandbox.RunAsync("get", "--min-ttl", "400")).Succeeded().Line;

        Assert.NotEqual(_token, renewed);
        Assert.Equal(renewed, (await Sandbox.RunAsync("get", "--min-ttl=400")).Succeeded().Line);
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_minimum_life_that_is_never_granted_is_told_and_does_not_exchange_each_time()
    {
        var first = (await Sandbox.RunAsync("get", "--min-ttl", "100000")).SucceededWith("AB0803").Says("cannot be met").Line;
        var second = (await Sandbox.RunAsync("get", "--min-ttl", "100000")).SucceededWith("AB0803").Line;

        Assert.Equal((_token, _token), (first, second));
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task Ten_forced_refreshes_at_once_make_one_further_exchange()
    {
        Endpoint.Faults.Add(Fault.Hold());

        var processes = Enumerable.Range(0, 10).Select(_ => Sandbox.Start("get", "--force-refresh", "--verbose")).ToArray();
        await Task.WhenAll(processes.Select(process => process.WaitForErrorAsync("presenting the identity token", "waiting for it")));
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == 2);
        Endpoint.Faults.ReleaseHeld();
        var results = await Task.WhenAll(processes.Select(process => process.WaitAsync()));

        Assert.NotEqual(_token, Assert.Single(results.Select(result => result.SucceededWithNotes().Line).Distinct()));
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
        Assert.Equal(2, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Who_meets_a_renewal_under_way_is_served_the_old_credential_at_once_while_it_is_good()
    {
        SetRemainingLife(90);
        Endpoint.Faults.Add(Fault.Hold());
        var leader = Sandbox.Start("get");
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == 2);

        Assert.Equal(_token, (await Sandbox.RunAsync("get")).Succeeded().Line);

        Endpoint.Faults.ReleaseHeld();
        Assert.NotEqual(_token, (await leader.WaitAsync()).Succeeded().Line);
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_crowd_with_an_expired_credential_makes_one_exchange()
    {
        SetRemainingLife(-1);

        var results = await Sandbox.RunTogetherAsync(20, _ => new Launch("get"));

        Assert.NotEqual(_token, Assert.Single(results.Select(result => result.Succeeded().Line).Distinct()));
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
    }

    private void SetRemainingLife(long seconds)
    {
        var entry = JsonNode.Parse(File.ReadAllText(Sandbox.EntryFile))!;
        var expiresAt = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;
        entry["issued_at"] = expiresAt - 600;
        entry["expires_at"] = expiresAt;
        File.WriteAllText(Sandbox.EntryFile, entry.ToJsonString());
    }
}
