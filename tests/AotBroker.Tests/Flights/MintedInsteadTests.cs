using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Schemas;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>A job that can mint tokens does so where the one that it was left is of no use.</summary>
public sealed class MintedInsteadTests
{
    /// <summary>What an action leaves behind: a token file, and the platform's own variables.</summary>
    private static async Task<FederatedMachine> StartAsync()
    {
        FederatedMachine machine = await FederatedMachine.StartAsync();
        string path = machine.TokenPath;
        machine.UseGitHub();
        machine.Machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = path;
        return machine;
    }

    [Fact]
    public async Task A_file_that_is_good_is_used()
    {
        await using FederatedMachine machine = await StartAsync();

        machine.Obtain();

        Assert.Empty(machine.Endpoint.Events.At(EndpointPaths.GitHub));
    }

    [Theory]
    [InlineData("spent by the broker")]
    [InlineData("spent by a program that knows nothing of it")]
    [InlineData("expired")]
    [InlineData("missing")]
    [InlineData("empty")]
    [InlineData("garbage")]
    public async Task One_that_is_not_is_replaced_by_a_token_of_the_platforms_for_all(string state)
    {
        await using FederatedMachine machine = await StartAsync();
        switch (state)
        {
            case "spent by the broker":
                machine.Obtain();
                File.Delete($"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json");
                break;
            case "spent by a program that knows nothing of it":
                machine.Obtain();
                Directory.Delete(machine.Machine.CacheDirectory, recursive: true);
                break;
            case "expired":
                machine.Machine.Clock.Advance(400);
                break;
            case "missing":
                File.Delete(machine.TokenPath);
                break;
            default:
                File.WriteAllText(machine.TokenPath, state == "empty" ? "" : "garbage");
                break;
        }

        List<Credential> credentials = Threads.Start(6, _ => machine.Obtain()).Results();

        Assert.Single(credentials.Select(static one => one.AccessToken!.Reveal()).Distinct());
        Assert.Single(machine.Endpoint.Events.At(EndpointPaths.GitHub));
        Assert.Empty(machine.Machine.Error.Lines);
    }

    [Fact]
    public async Task What_was_minted_is_a_hit_for_the_next_process()
    {
        await using FederatedMachine machine = await StartAsync();
        File.Delete(machine.TokenPath);
        Credential minted = machine.Obtain();
        int requests = machine.Endpoint.Events.Snapshot().Count;

        Assert.Equal(minted, machine.Obtain());
        Assert.Equal(requests, machine.Endpoint.Events.Snapshot().Count);
    }

    [Fact]
    public async Task A_refusal_of_the_minted_token_is_the_answer()
    {
        await using FederatedMachine machine = await StartAsync();
        machine.Endpoint.Faults.Add(Fault.Status(401), times: null);

        var error = Expect.Error("AB0501", () => machine.Obtain());

        Assert.Contains(error.Hints, static hint => hint.Contains("was made for this exchange", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_profile_that_insists_on_the_file_is_told_what_to_change()
    {
        await using FederatedMachine machine = await StartAsync();
        string file = machine.Machine.WriteBrokerProfile("insists", $$$"""{"identity":{"source":"file","path":"{{{machine.TokenPath}}}"},"exchange":{"type":"anthropic"}}""");
        machine.Machine.Variables["AOTBROKER_PROFILE"] = "insists";
        machine.Machine.Clock.Advance(400);

        var error = Expect.Error("AB0406", () => machine.Obtain());

        Assert.Contains(error.Hints, hint => hint.Contains("\"github-actions\"", StringComparison.Ordinal) && hint.Contains(file, StringComparison.Ordinal));
        Assert.Empty(machine.Endpoint.Events.At(EndpointPaths.GitHub));
    }

    [Fact]
    public async Task Without_the_platforms_variables_the_file_is_all_there_is()
    {
        await using FederatedMachine machine = await StartAsync();
        machine.Machine.Variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = null;
        machine.Machine.Clock.Advance(400);

        Expect.Error("AB0406", () => machine.Obtain());
    }

    [Fact]
    public async Task Where_the_exchange_names_no_audience_the_tokens_own_is_asked_for()
    {
        await using FederatedMachine machine = await StartAsync();
        using RawServer service = new(RawServer.Answer(200, """{"access_token":"a","token_type":"Bearer","expires_in":600}"""));
        machine.Machine.WriteBrokerProfile("plain", $$$"""{"exchange":{"type":"token-exchange","url":"{{{service.Url}}}/t"}}""");
        machine.Machine.Variables["AOTBROKER_PROFILE"] = "plain";
        machine.Machine.Clock.Advance(400);

        machine.Obtain();

        Assert.Equal("a", machine.Obtain().AccessToken!.Reveal());
        Assert.Single(machine.Endpoint.Events.At(EndpointPaths.GitHub));
        Assert.Single(service.Requests);
    }
}
