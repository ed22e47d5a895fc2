using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// At every path that `get` opens, everything that somebody may have put there: it is refused with its code, or healed, and
/// what it leads to is neither written nor shown.
/// </summary>
public sealed class HostilePathsTests : BrokerTest
{
    private static readonly string[] s_kinds =
        ["link", "link to a directory", "dangling link", "FIFO", "directory", "device", "hard link", "wide", "foreign"];

    /// <summary>
    /// A place, and what becomes of each kind there: an error's code; a warning's, with a credential; or "ok". What stands
    /// in brackets is gone afterwards, or is replaced by a private file.
    /// </summary>
    private static readonly Dictionary<string, string> s_places = new()
    {
        // Links to profiles are followed: images and deployments use them. What is at their end is checked.
        { "broker profile", "AB0303 AB0308 AB0302 AB0308 AB0308 AB0308 AB0303 AB0307 AB0307" },
        { "Anthropic profile", "AB0303 AB0308 AB0302 AB0308 AB0308 AB0308 AB0303 AB0307 AB0307" },
        { "active_config", "AB0304 AB0308 AB0301 AB0308 AB0308 AB0308 AB0304 AB0307 AB0307" },
        // Platforms write it, with owners and modes of their own; the endpoint judges its content.
        { "identity", "AB0405 AB0402 AB0402 AB0402 AB0402 AB0402 AB0405 ok ok" },
        { "cache", "AB0701 AB0701 AB0701 AB0701 [ok] AB0701 AB0701 ok AB0701" },
        { "entry", "[AB0703] [AB0703] [AB0703] [AB0703] AB0703 [AB0703] [AB0703] [AB0703] [AB0703]" },
        { "entry.tmp", "[ok] [ok] [ok] [ok] AB0704 [ok] [ok] [ok] [ok]" },
        { "refusal", "[ok] [ok] [ok] [ok] ok [ok] [ok] [ok] [ok]" },
        { "refusal.tmp", "[AB0503] [AB0503] [AB0503] [AB0503] AB0503 [AB0503] [AB0503] [AB0503] [AB0503]" },
        { "lock", "AB0701 AB0701 AB0701 AB0701 AB0701 AB0701 ok AB0701 AB0701" },
        // A record counts by being there, whatever it is.
        { "record", "[AB0707] [AB0707] [AB0707] [AB0707] AB0707 [AB0707] [AB0707] [AB0707] [AB0707]" },
        { "record.tmp", "[ok] [ok] [ok] [ok] ok [ok] [ok] [ok] [ok]" },
        { "record.again", "AB0408 AB0408 AB0408 AB0408 AB0408 AB0408 AB0408 AB0408 AB0408" },
        { "record's draft", "[ok] [ok] [ok] [ok] AB0707 [ok] [ok] [ok] [ok]" },
        { "presented.lost", "AB0707 AB0707 AB0707 AB0707 AB0707 AB0707 AB0707 AB0707 AB0707" },
    };

    [RootFact]
    public Task A_link_is_refused_or_replaced() => PlantAsync("link", fault: "a planted link to a private file");

    [RootFact]
    public Task A_link_to_a_directory_is_refused_or_replaced() => PlantAsync("link to a directory", fault: "a planted link to a private directory");

    [RootFact]
    public Task A_dangling_link_is_refused_or_replaced() => PlantAsync("dangling link", fault: "a planted link to nothing");

    [RootFact]
    public Task A_FIFO_is_refused_or_replaced() => PlantAsync("FIFO", fault: "a planted FIFO");

    [RootFact]
    public Task A_directory_is_refused_or_passed_over() => PlantAsync("directory", fault: "a planted directory");

    [RootFact]
    public Task A_device_is_refused_or_replaced() => PlantAsync("device", fault: "a planted device with endless content");

    [RootFact]
    public Task A_hard_link_is_refused_or_replaced() => PlantAsync("hard link", fault: "a planted hard link to a private file");

    [RootFact]
    public Task A_file_that_others_may_write_is_refused_or_replaced() => PlantAsync("wide", fault: "a world-writable file or directory");

    [RootFact]
    public Task A_file_of_another_user_is_refused_or_replaced() => PlantAsync("foreign", fault: "a file or directory of another user");

    private async Task PlantAsync(string kind, string fault)
    {
        var (refused, served, warned, healed) = (0, 0, 0, 0);
        foreach (var (place, outcomes) in s_places)
        {
            var outcome = outcomes.Split(' ')[Array.IndexOf(s_kinds, kind)];
            using var sandbox = new Sandbox();
            var path = await PrepareAsync(sandbox, place);
            var plant = new Plant(sandbox);
            var isProfile = sandbox.Environment.ContainsKey("AOTBROKER_PROFILE") || place == "active_config";
            if (place == "refusal.tmp")
            {
                Endpoint.Faults.Add(Fault.Status(403));
            }

            // It waits until the plant is there, because one name is made of its own process's number.
            var gate = sandbox.NewGate();
            var get = sandbox.Start(new Launch(isProfile ? ["get"] : ["get", "--force-refresh"]) { Gate = gate });
            path = path.Replace("PID", $"{get.Id}", StringComparison.Ordinal);
            await plant.PutAsync(kind, path);
            await gate.OpenWhenAsync(1);
            var result = await get.WaitAsync();

            Check($"{place}, {kind}", result, outcome.Trim('[', ']'));
            plant.IsUntouched(result);
            if (outcome.StartsWith('['))
            {
                IsHealed(path);
                healed++;
            }
            else
            {
                Plant.Clear(path);
            }

            refused += result.ExitCode != 0 ? 1 : 0;
            served += result.ExitCode == 0 ? 1 : 0;
            warned += result.ExitCode == 0 && result.Error.Length > 0 ? 1 : 0;
            Silence.Check(sandbox);
        }

        ReliabilityTable.Check(
            fault,
            "it is placed where `get` opens or creates a file, before the run",
            $"{s_places.Count}: {string.Join(", ", s_places.Keys)}",
            $"{served} credentials, {warned} of them with a warning; {refused} errors; {healed} replaced by a private file or removed; nothing behind it written or shown");
    }

    /// <summary>
    /// Kubernetes' volumes are such directories, so it is not refused. Who may rename there can take the cache away; what
    /// that user puts in its place is not used, and gets nothing.
    /// </summary>
    [RootFact]
    public async Task In_a_parent_that_everybody_may_write_another_user_cannot_put_a_cache_in_place()
    {
        UseGitHubVariables();
        const UnixFileMode Enter = (UnixFileMode)0b111_101_101;
        File.SetUnixFileMode(Sandbox.Root, Enter);
        var world = Sandbox.MakeDirectory("world");
        File.SetUnixFileMode(world, (UnixFileMode)0b111_111_111);
        Sandbox.Environment["AOTBROKER_CACHE_DIR"] = Path.Combine(world, "cache");
        (await Sandbox.RunAsync("get")).Succeeded();
        var plant = new Plant(Sandbox);
        (await AsNobodyAsync($"cd '{world}' && mv cache taken && mkdir -m 777 cache")).Succeeded();

        var inAnothers = await Sandbox.RunAsync("get");
        (await AsNobodyAsync($"cd '{world}' && test -z \"$(ls -A cache)\" && rmdir cache && ln -s '{plant.VictimDirectory}' cache")).Succeeded();
        var behindALink = await Sandbox.RunAsync("get", "--force-refresh");
        (await AsNobodyAsync($"cd '{world}' && rm cache && ! ls taken 2>/dev/null && mv taken cache")).Succeeded();

        inAnothers.SucceededWith("AB0701").Says("it belongs to user 65534");
        behindALink.SucceededWith("AB0701").Says("it is a link, or not a directory");
        Assert.Equal(3, new[] { inAnothers.Line, behindALink.Line, (await Sandbox.RunAsync("get")).Succeeded().Line }.Distinct().Count());
        plant.IsUntouched(behindALink);
    }

    private Task<ProcessResult> AsNobodyAsync(string script) =>
        Sandbox.RunAsync(new Launch("--reuid", "65534", "--regid", "65534", "--clear-groups", "/bin/sh", "-c", script) { Program = "setpriv" });

    private async Task<string> PrepareAsync(Sandbox sandbox, string place)
    {
        sandbox.UseGitHubVariables(Endpoint);
        switch (place)
        {
            case "broker profile":
                sandbox.Environment["AOTBROKER_PROFILE"] = "p";
                return sandbox.WriteProfile("p", sandbox.NewProfile(Endpoint, new JsonObject { ["source"] = "github-actions" }));
            case "Anthropic profile":
                sandbox.Environment["AOTBROKER_PROFILE"] = "p";
                return sandbox.WriteFile("config/anthropic/configs/p.json", """{"version":"1.0","authentication":{"type":"oidc_federation"}}""");
            case "active_config":
                sandbox.Environment.Remove("ANTHROPIC_FEDERATION_RULE_ID");
                sandbox.Environment.Remove("ANTHROPIC_ORGANIZATION_ID");
                sandbox.WriteProfile("p", sandbox.NewProfile(Endpoint, new JsonObject { ["source"] = "github-actions" }));
                return sandbox.WriteFile("config/anthropic/active_config", "p");
            case "identity":
                TakeGitHubAway(sandbox);
                return sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = sandbox.NewIdentityFile(Endpoint);
            case "cache":
                return sandbox.MakeDirectory("cache");
        }

        if (place.StartsWith("record", StringComparison.Ordinal) || place == "presented.lost")
        {
            return await PrepareRecordAsync(sandbox, place);
        }

        (await sandbox.RunAsync("get")).Succeeded();
        var stem = Path.ChangeExtension(sandbox.EntryFile, null);
        return place switch
        {
            "entry" => stem + ".json",
            "entry.tmp" => stem + ".json.tmp",
            "lock" => stem + ".lock",
            "refusal" => stem + ".refusal.json",
            "refusal.tmp" => stem + ".refusal.json.tmp",
            _ => throw new ArgumentOutOfRangeException(nameof(place), place, null),
        };
    }

    /// <summary>A job that can mint does so where the token that it was left is of no use.</summary>
    private static void TakeGitHubAway(Sandbox sandbox)
    {
        sandbox.Environment.Remove("ACTIONS_ID_TOKEN_REQUEST_URL");
        sandbox.Environment.Remove("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
    }

    /// <summary>A token that was not presented yet, and the places of what is about to be recorded of it.</summary>
    private async Task<string> PrepareRecordAsync(Sandbox sandbox, string place)
    {
        TakeGitHubAway(sandbox);
        sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = sandbox.NewIdentityFile(Endpoint);
        (await sandbox.RunAsync("get")).Succeeded();
        var token = Endpoint.Issuer.Mint();
        sandbox.WriteIdentity(token);
        var record = sandbox.RecordOf(token);
        if (place == "record.again")
        {
            sandbox.WriteFile(Path.Combine("cache", Path.GetFileName(record)), ""); // How the first attempt ended is not known.
        }

        return place switch
        {
            "record" => record,
            "record.tmp" => record + ".tmp",
            "record.again" => record + ".again",
            "record's draft" => record + ".PID-1.tmp",
            _ => Path.Combine(sandbox.Cache, place),
        };
    }

    private void Check(string what, ProcessResult result, string outcome)
    {
        Assert.True(
            outcome switch
            {
                "ok" => result.ExitCode == 0 && result.Error.Length == 0,
                "AB0701" or "AB0703" or "AB0704" or "AB0707" => result.ExitCode == 0 && result.ErrorText.Contains($"warning[{outcome}]", StringComparison.Ordinal),
                _ => result.ExitCode == outcome[3] - '0' && result.ErrorText.Contains($"error[{outcome}]", StringComparison.Ordinal),
            },
            $"{what}: not {outcome}, but {result}");
        if (result.ExitCode == 0)
        {
            Assert.NotNull(Endpoint.Grants.Find(result.Line));
        }
    }

    private static void IsHealed(string path)
    {
        var info = new FileInfo(path);
        Assert.Null(info.LinkTarget);
        Assert.True(!info.Exists || info.UnixFileMode == (UnixFileMode)0b110_000_000, $"{path} has the mode {info.UnixFileMode}");
    }
}
