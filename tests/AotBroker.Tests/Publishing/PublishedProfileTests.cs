using System.Text;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>What `exec` leaves for the SDKs, and for an `aotbroker get` inside of the command.</summary>
public sealed class PublishedProfileTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly Credential _credential = Made.Credential();

    public void Dispose() => _machine.Dispose();

    private PublishedProfile Publish(FederatedProfile profile) => Handed.Over(profile, _credential, _machine.Environment);

    private static AnthropicProfile ReadProfile(string path)
    {
        Assert.True(AnthropicProfile.TryRead(File.ReadAllBytes(path), out AnthropicProfile? profile, out SchemaProblems problems), problems.ToString());
        return profile;
    }

    [Fact]
    public void Inside_the_command_the_profile_has_the_key_under_which_the_credential_is_cached()
    {
        // The variables stand for a profile, and a client takes away those that look like secrets: exec inside of exec.
        _machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = "fdrl_env";
        _machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = Guid.NewGuid().ToString();
        _machine.Variables["ANTHROPIC_WORKSPACE_ID"] = "default";
        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "relative-token";
        string token = _machine.Home.Write("relative-token", Made.Jwt("""{"sub":"job"}"""));
        FederatedProfile outer = (FederatedProfile)ProfileResolver.Resolve(null, _machine.Environment);
        PublishedProfile published = Publish(outer);
        ProcessEnvironment inside = _machine.WithVariables(
            ("AOTBROKER_EXEC_DIR", published.Directory), ("ANTHROPIC_PROFILE", outer.Name), ("ANTHROPIC_IDENTITY_TOKEN_FILE", null), ("ANTHROPIC_WORKSPACE_ID", null));

        FederatedProfile inner = (FederatedProfile)ProfileResolver.Resolve(null, inside);

        CacheKey key = CacheKey.Of(outer);
        Assert.Equal(key, CacheKey.Of(inner));
        // Also where the identity itself is taken away; and elsewhere, nobody may say whose it is.
        File.Delete(token);
        Assert.Equal(key, CacheKey.Of(inner));
        _machine.WriteBrokerProfile("mine", File.ReadAllText(ConfigDirectories.SnapshotFile(published.Directory, outer.Name)));
        Expect.Error("AB0402", () => CacheKey.Of((FederatedProfile)ProfileResolver.Resolve("mine", _machine.Environment)));
        Assert.Equal(ConfigDirectories.SnapshotFile(published.Directory, "environment"), inner.File);
    }

    [Fact]
    public void A_GitHub_identity_survives_publishing()
    {
        FederatedProfile outer = Made.Profile() with { Identity = IdentitySources.Bind(new GithubActionsIdentity { Audience = "https://other.example" }, _machine.Environment) };
        PublishedProfile published = Publish(outer);

        FederatedProfile inner = (FederatedProfile)ProfileResolver.Resolve("ci", _machine.WithVariables(("AOTBROKER_EXEC_DIR", published.Directory)));

        Assert.Equal(outer.Identity.Settings, inner.Identity.Settings);
    }

    [Fact]
    public void The_sdks_find_the_profile_and_the_credential_in_their_own_form()
    {
        FederatedProfile profile = Made.Profile("https://api.example");
        PublishedProfile published = Publish(profile);

        AnthropicProfile read = ReadProfile($"{published.Directory}/configs/ci.json");
        Assert.IsType<UserOAuth>(read.Authentication);
        Assert.Equal(profile.Federation!.OrganizationId.Value, read.OrganizationId);
        Assert.Equal("https://api.example", read.BaseUrl);
        Assert.Null(read.WorkspaceId);

        Assert.True(AnthropicCredentials.TryRead(File.ReadAllBytes($"{published.Directory}/credentials/ci.json"), out AnthropicCredentials? credentials, out _));
        Assert.Equal(_credential.AccessToken, credentials.AccessToken);
        Assert.Equal(_credential.ExpiresAt, credentials.ExpiresAt);
    }

    [Fact]
    public void An_sdk_cannot_present_a_token_behind_the_brokers_back()
    {
        // Invariant 1: nothing is published that could be presented, or that tells where an identity comes from.
        PublishedProfile published = Publish(Made.Profile());

        string profile = File.ReadAllText($"{published.Directory}/configs/ci.json");
        var login = Assert.IsType<UserOAuth>(ReadProfile($"{published.Directory}/configs/ci.json").Authentication);

        Assert.Null(login.ClientId);
        Assert.DoesNotContain("fdrl_", profile, StringComparison.Ordinal);
        Assert.DoesNotContain("/run/token", profile, StringComparison.Ordinal);
        Assert.DoesNotContain("refresh_token", File.ReadAllText($"{published.Directory}/credentials/ci.json"), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_file_and_directory_is_the_owners_alone()
    {
        // Invariant 7, as the strictest SDK demands it.
        PublishedProfile published = Publish(Made.Profile());

        Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(published.Directory));
        Assert.All(Directory.EnumerateDirectories(published.Directory), path => Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(path)));
        string[] files = Directory.GetFiles(published.Directory, "*", SearchOption.AllDirectories);
        Assert.Equal(3, files.Length);
        Assert.All(files, path => Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(path)));
    }

    [Fact]
    public void Two_commands_have_two_directories()
    {
        FederatedProfile profile = Made.Profile();

        Assert.NotEqual(Publish(profile).Directory, Publish(profile).Directory);
    }

    [Fact]
    public void What_an_ended_command_left_is_swept_by_the_next()
    {
        // Invariant 4: what a killed process leaves behind holds a credential.
        PublishedProfile running = Publish(Made.Profile());
        string ended = OfAnEndedProcess(Publish(Made.Profile()).Directory);
        Publish(Made.Profile());

        Assert.False(Directory.Exists(ended));
        Assert.True(Directory.Exists(running.Directory));
    }

    [Fact]
    public void What_seems_to_have_ended_in_another_container_is_swept_an_hour_after_its_credential_died()
    {
        PublishedProfile running = Publish(Made.Profile());
        string elsewhere = OfAnEndedProcess(Publish(Made.Profile()).Directory, neighbourhood: "0123abcd");
        _machine.Clock.Now = _credential.ExpiresAt + 3600;
        Publish(Made.Profile());
        Assert.True(Directory.Exists(elsewhere));

        _machine.Clock.Advance(1);
        Publish(Made.Profile());
        Assert.False(Directory.Exists(elsewhere));
        Assert.True(Directory.Exists(running.Directory));
    }

    [Fact]
    public void Directories_that_were_never_finished_are_swept_too()
    {
        Publish(Made.Profile());
        string folder = _machine.CacheDirectory + "/exec";
        int process = EndedProcess();
        for (int i = 0; i < 40; i++)
        {
            Directory.CreateDirectory($"{folder}/{process}-unfinished{i}", TemporaryDirectory.PrivateDirectory);
        }
        _machine.Clock.Now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 7200;
        Publish(Made.Profile());
        Publish(Made.Profile());

        Assert.DoesNotContain(Directory.GetDirectories(folder), static one => one.Contains("unfinished", StringComparison.Ordinal));
    }

    private static string OfAnEndedProcess(string directory, string? neighbourhood = null)
    {
        // PROCESS-NEIGHBOURHOOD-RANDOM
        string[] name = Path.GetFileName(directory).Split('-');
        string renamed = $"{Path.GetDirectoryName(directory)}/{EndedProcess()}-{neighbourhood ?? name[1]}-{name[2]}";
        Directory.Move(directory, renamed);
        return renamed;
    }

    /// <summary>
    /// No system counts so far. (A real process would be started by a fork, which keeps other tests' locks for an instant.)
    /// </summary>
    private static int EndedProcess() => int.MaxValue;

    [Fact]
    public void A_strange_directory_is_not_swept()
    {
        string strange = _machine.Home.MakeDirectory(".cache/aotbroker/exec/strange");
        File.SetUnixFileMode(_machine.CacheDirectory, TemporaryDirectory.PrivateDirectory);
        _machine.Clock.Advance(86400 * 365);
        Publish(Made.Profile());

        Assert.True(Directory.Exists(strange));
    }

    [Fact]
    public void Without_a_cache_it_is_published_in_a_private_temporary_directory()
    {
        _machine.LeaveNoPlaceForACache();
        PublishedProfile published = Publish(Made.Profile());
        try
        {
            Assert.Equal(TemporaryDirectory.PrivateDirectory, File.GetUnixFileMode(published.Directory));
            Assert.Contains(_credential.AccessToken!.Reveal(), Encoding.UTF8.GetString(File.ReadAllBytes($"{published.Directory}/credentials/ci.json")), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(published.Directory, recursive: true);
        }
    }
}
