using AotBroker.Errors;
using AotBroker.Evidence;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Schemas;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>`status` answers what `get` ends with right after it, wherever that can be told without asking anybody.</summary>
public sealed class ForecastTests
{
    private static ErrorCode? Forecast(FederatedMachine machine) => StatusReport.Of(null, machine.Machine.Environment).Problem?.Code;

    private static ErrorCode? Get(FederatedMachine machine) => (Record.Exception(() => machine.Obtain()) as BrokerException)?.Code;

    public static TheoryData<string, string?> States => new()
    {
        { "cold", null },
        { "cached", null },
        { "cached, and the token has expired", null },
        { "token missing", "AB0402" },
        { "token missing, and cached", "AB0402" },
        { "token empty", "AB0403" },
        { "token garbage", "AB0405" },
        { "token expired", "AB0406" },
        { "token presented", "AB0408" },
        { "token presented, and about to expire", null },
        { "token refused", "AB0501" },
        { "token refused a while ago", "AB0408" },
        { "token expired, and the platform mints", null },
        { "token presented, and the platform mints", null },
        { "the platform failed", "AB0409" },
        { "active_config names no profile", "AB0302" },
    };

    [Theory]
    [MemberData(nameof(States))]
    public async Task What_it_says_is_what_comes(string state, string? code)
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        Prepare(machine, state);
        ErrorCode? forecast = Forecast(machine);

        Assert.Equal(code, forecast is { } told ? ErrorCodes.NameOf(told) : null);
        Assert.Equal(Get(machine), forecast);
    }

    private static void Prepare(FederatedMachine machine, string state)
    {
        string path = machine.TokenPath;
        if (state.Contains("cached", StringComparison.Ordinal) || state.Contains("presented", StringComparison.Ordinal))
        {
            Credential credential = machine.Obtain();
            long step = state.Contains("expired", StringComparison.Ordinal) ? 400 : state.Contains("about to expire", StringComparison.Ordinal) ? credential.Lifetime - 60 : 0;
            machine.Machine.Clock.Advance(step);
        }
        switch (state)
        {
            case "token missing" or "token missing, and cached":
                File.Delete(path);
                break;
            case "token empty":
                File.WriteAllText(path, "");
                break;
            case "token garbage":
                File.WriteAllText(path, "garbage");
                break;
            case "token expired" or "token expired, and the platform mints":
                machine.Machine.Clock.Advance(400);
                break;
            case "token presented" or "token presented, and the platform mints":
                File.Delete($"{machine.Machine.CacheDirectory}/{machine.Key.FileStem}.json");
                break;
            case "token refused" or "token refused a while ago":
                machine.Endpoint.Faults.Add(Fault.Status(401));
                Expect.Error("AB0501", () => machine.Obtain());
                machine.Machine.Clock.Advance(state == "token refused" ? 0 : 31);
                break;
            case "the platform failed":
                machine.UseGitHub();
                machine.Endpoint.Faults.Add(FaultTarget.GitHub, Fault.Status(401), times: null);
                Expect.Error("AB0409", () => machine.Obtain());
                break;
            case "active_config names no profile":
                machine.Machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = null;
                machine.Machine.Home.Write(".config/anthropic/active_config", "missing\n");
                break;
        }
        if (state.EndsWith("the platform mints", StringComparison.Ordinal))
        {
            machine.UseGitHub();
            machine.Machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = path;
        }
    }
}
