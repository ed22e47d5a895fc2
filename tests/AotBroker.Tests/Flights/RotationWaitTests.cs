using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>Where the only token is spent: what is said of the next one, and who waits for it.</summary>
public sealed class RotationWaitTests
{
    private const double Long = 120;

    /// <summary>A machine whose token gave a credential that is over.</summary>
    private static async Task<FederatedMachine> SpentAsync()
    {
        FederatedMachine machine = await FederatedMachine.StartAsync(
            new FederationRule { SubjectPrefix = LocalEndpointOptions.DefaultSubjectPrefix, TokenLifetimeSeconds = 60 });
        machine.Machine.Clock.Now = machine.Obtain().ExpiresAt;
        return machine;
    }

    /// <summary>The platform writes a new token as soon as somebody waits for it.</summary>
    private static Task RotateWhenWaitedFor(FederatedMachine machine, int waiting = 1) => Task.Run(async () =>
    {
        while (machine.Machine.Error.Lines.Count(static line => line.Contains("waiting for another identity token", StringComparison.Ordinal)) < waiting)
        {
            await Task.Delay(10);
        }
        string path = machine.TokenPath;
        File.WriteAllText(path + ".new", machine.Endpoint.Issuer.Mint());
        File.Move(path + ".new", path, overwrite: true);
    });

    [Fact]
    public async Task The_error_says_when_the_platform_will_write_another()
    {
        await using FederatedMachine machine = await SpentAsync();
        IdentityToken token = IdentityToken.Parse(File.ReadAllText(machine.TokenPath), "a test");
        long at = token.IssuedAt!.Value + ((token.ExpiresAt!.Value - token.IssuedAt.Value) * 4 / 5);

        var error = Expect.Error("AB0408", () => machine.Obtain());

        Assert.Equal($"the platform should write a new token in {Times.Duration(at - machine.Machine.Clock.Now)} (at {Times.Utc(at)})", error.Hints[0]);
        Assert.StartsWith("`--wait SECONDS` (of `get`, `exec` and `keep`) waits for it", error.Hints[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_that_is_rotated_meanwhile_gives_a_credential()
    {
        await using FederatedMachine machine = await SpentAsync();

        Task rotation = RotateWhenWaitedFor(machine);
        machine.Obtain(wait: Long);
        await rotation;

        Assert.Equal(2, machine.Endpoint.Events.Presentations);
        Assert.Single(machine.Machine.Error.Lines);
    }

    [Fact]
    public async Task A_token_that_has_expired_is_waited_for_alike()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Machine.Clock.Advance(400);

        Task rotation = RotateWhenWaitedFor(machine);
        machine.Obtain(wait: Long);
        await rotation;

        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_file_that_is_away_for_a_moment_is_waited_for_too()
    {
        await using FederatedMachine machine = await SpentAsync();

        Task<Credential> waiting = Task.Run(() => machine.Obtain(wait: Long));
        while (machine.Machine.Error.Lines.Length == 0)
        {
            await Task.Delay(10);
        }
        File.WriteAllText(machine.TokenPath, "");
        await Task.Delay(1500); // Long enough to be seen, which changes nothing if it is not.
        machine.RotateToken();
        await waiting;

        Assert.Equal(2, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task What_somebody_else_brings_ends_the_wait()
    {
        await using FederatedMachine machine = await SpentAsync();

        Task<Credential> waiting = Task.Run(() => machine.Obtain(wait: Long));
        while (machine.Machine.Error.Lines.Length == 0)
        {
            await Task.Delay(10);
        }
        // Not by the file: another process had a token of its own.
        Credential brought = Made.Credential(machine.Machine.Clock.Now);
        new CacheEntries(CacheDirectory.Of(machine.Machine.Environment), machine.Machine.Environment).Write(machine.Key, brought);

        Assert.Equal(brought.AccessToken!.Reveal(), (await waiting).AccessToken!.Reveal());
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task Ten_that_wait_make_one_exchange()
    {
        await using FederatedMachine machine = await SpentAsync();

        Task rotation = RotateWhenWaitedFor(machine, waiting: 10);
        Credential[] credentials = await Task.WhenAll(Enumerable.Range(0, 10)
            .Select(_ => Task.Factory.StartNew(() => machine.Obtain(wait: Long), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        await rotation;

        Assert.Single(credentials.Select(static one => one.AccessToken!.Reveal()).Distinct());
        Assert.Equal(2, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task When_the_time_is_over_the_error_is_the_first()
    {
        await using FederatedMachine machine = await SpentAsync();

        var error = Expect.Error("AB0408", () => machine.Obtain(wait: 2));

        Assert.Contains("already presented", error.Message, StringComparison.Ordinal);
        Assert.Contains("waiting for another identity token from the file", Assert.Single(machine.Machine.Error.Lines), StringComparison.Ordinal);
        Assert.Equal(1, machine.Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task One_token_for_the_job_is_not_waited_for()
    {
        await using FederatedMachine machine = await SpentAsync();
        machine.Machine.Variables["ANTHROPIC_IDENTITY_TOKEN"] = File.ReadAllText(machine.TokenPath);
        machine.Machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = null;

        var error = Expect.Error("AB0408", () => machine.Obtain(wait: Long));

        Assert.Contains("this job has only one token", error.Hints[0], StringComparison.Ordinal);
        Assert.Empty(machine.Machine.Error.Lines);
    }

    [Fact]
    public async Task What_another_token_would_not_mend_is_not_waited_for()
    {
        await using FederatedMachine machine = await FederatedMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Status(403), times: null);

        Expect.Error("AB0503", () => machine.Obtain(wait: Long));

        Assert.Empty(machine.Machine.Error.Lines);
    }

    [Fact]
    public async Task A_refusal_of_the_new_token_ends_the_wait()
    {
        await using FederatedMachine machine = await SpentAsync();
        machine.Endpoint.Faults.Add(Fault.Status(403), times: null);

        Task rotation = RotateWhenWaitedFor(machine);
        Expect.Error("AB0503", () => machine.Obtain(wait: Long));
        await rotation;
    }

    [Theory]
    [InlineData(0, 300, 240)]
    [InlineData(0, 3600, 2880)]
    [InlineData(0, 7 * 86400, 86400)]
    public void Kubernetes_rotates_at_80_percent_or_after_a_day(long issuedAt, long expiresAt, long expected) => Assert.Equal(
        expected,
        Sources.File("/run/token").RotatesAt(IdentityToken.Parse(Made.Jwt($$"""{"iat":{{issuedAt}},"exp":{{expiresAt}}}"""), "a test")));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"exp":300}""")]
    [InlineData("""{"iat":300,"exp":300}""")]
    public void Without_its_times_nobody_can_tell(string claims) =>
        Assert.Null(Sources.File("/run/token").RotatesAt(IdentityToken.Parse(Made.Jwt(claims), "a test")));
}
