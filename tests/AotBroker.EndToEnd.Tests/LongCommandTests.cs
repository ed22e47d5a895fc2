namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// A command that outlives its credential: the process beside it keeps the published one fresh, and nobody else exchanges.
/// The lives are short, so that several of them pass in seconds.
/// </summary>
public sealed class LongCommandTests : BrokerTest
{
    private const int Life = 9; // Seconds; renewed when 6 are left.

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        UseGitHubVariables();
    }

    [Fact]
    public async Task The_published_credential_is_alive_at_every_instant_of_four_lives()
    {
        // Reads as an SDK does, over and over, until the fifth is there, which lives long.
        Endpoint.Faults.Add(Fault.ExpiresIn(Life), times: 4);
        var result = (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", """
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            left=1
            while [ $left -le 60 ]; do
              content=$(cat "$file") || { echo "not there"; exit 9; }
              expiry=$(printf '%s' "$content" | sed -n 's/.*"expires_at": \([0-9]*\).*/\1/p')
              left=$((expiry - $(date +%s)))
              [ $left -gt 0 ] || { echo "expired: $left"; exit 8; }
              sleep 0.05
            done
            """)).Succeeded();

        Assert.Equal("", result.OutputText);
        Assert.Equal(5, Endpoint.Events.GrantedExchanges);
        Assert.Equal(5, Endpoint.Events.Presentations);
    }

    [Fact]
    public async Task A_broker_inside_the_command_is_served_what_the_companion_brought()
    {
        var result = (await RunToItsRenewalAsync($$"""
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            first=$(cat "$file"); : >"$TMPDIR/begun"; while [ "$(cat "$file")" = "$first" ]; do sleep 0.05; done
            [ "$(cat "$file")" = "$({{PublishedBinary.Path}} get --format anthropic)" ]
            """)).Succeeded();

        Assert.Equal("", result.OutputText);
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task What_cannot_be_renewed_is_told_once_then_that_it_is_over_and_the_command_goes_on()
    {
        UseFileIdentity();
        Endpoint.Faults.Add(Fault.ExpiresIn(Life));

        var command = Sandbox.Start("exec", "--", "/bin/sh", "-c", "while [ ! -e \"$TMPDIR/end\" ]; do sleep 0.05; done; exit 5");
        await command.WaitForErrorAsync("error[AB0709]");
        Sandbox.WriteFile("tmp/end", "");
        var result = await command.WaitAsync();

        Assert.Equal(5, result.ExitCode);
        result.Says("could not be renewed; it will be tried again").Says("was already presented");
        Assert.Single(result.ErrorLines, line => line.Contains("warning[AB0408]", StringComparison.Ordinal));
        Assert.Single(result.ErrorLines, line => line.Contains("error[", StringComparison.Ordinal));
        Assert.Equal(1, Endpoint.Events.Presentations); // Invariant 1: the spent token was not tried again.
    }

    [Fact]
    public async Task What_failed_is_tried_again_until_it_succeeds()
    {
        Endpoint.Faults.Add(Fault.ExpiresIn(Life));
        (await Sandbox.RunAsync("get")).Succeeded();
        Endpoint.Faults.Add(Fault.Status(503), times: 3);

        var result = await RunToItsRenewalAsync(
            """
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            first=$(cat "$file"); : >"$TMPDIR/begun"; while [ "$(cat "$file")" = "$first" ]; do sleep 0.05; done
            """,
            presentations: 5);

        result.SucceededWithNotes();
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task What_somebody_removed_is_published_again()
    {
        var result = (await RunToItsRenewalAsync("""
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            rm -r "$ANTHROPIC_CONFIG_DIR"; : >"$TMPDIR/begun"
            while [ ! -s "$file" ] || [ ! -s "$ANTHROPIC_CONFIG_DIR/configs/$ANTHROPIC_PROFILE.json" ]; do sleep 0.05; done
            """)).Succeeded();

        Assert.Equal("", result.OutputText);
    }

    [Fact]
    public async Task Without_refresh_there_is_no_companion_and_nothing_is_renewed()
    {
        Endpoint.Faults.Add(Fault.ExpiresIn(Life));
        var result = (await Sandbox.RunAsync("exec", "--no-refresh", "--", "/bin/sh", "-c", """
            ls "$ANTHROPIC_CONFIG_DIR"
            expiry=$(sed -n 's/.*"expires_at": \([0-9]*\).*/\1/p' "$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json")
            while [ "$(date +%s)" -le "$expiry" ]; do sleep 0.2; done
            """)).Succeeded();

        Assert.Equal("aotbroker\nconfigs\ncredentials\n", result.OutputText);
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
        Assert.Single(Directory.GetDirectories(Path.Combine(Sandbox.Cache, "exec")));
    }

    /// <summary>
    /// Runs a command whose credential is soon renewed by one that lives long. The endpoint holds its answer until the command
    /// has made $TMPDIR/begun: however slow the machine is, there is one renewal, and it comes after that.
    /// </summary>
    private async Task<ProcessResult> RunToItsRenewalAsync(string script, int presentations = 2)
    {
        if (Endpoint.Events.Presentations == 0)
        {
            Endpoint.Faults.Add(Fault.ExpiresIn(Life));
        }

        Endpoint.Faults.Add(Fault.Hold());
        var command = Sandbox.Start("exec", "--", "/bin/sh", "-c", script);
        await Endpoint.Events.WaitForAsync(_ => Endpoint.Events.Presentations == presentations);
        using var patience = new CancellationTokenSource(BrokerProcess.Patience);
        while (!File.Exists(Path.Combine(Sandbox.Temporary, "begun")))
        {
            await Task.Delay(10, patience.Token);
        }

        Endpoint.Faults.ReleaseHeld();
        return await command.WaitAsync();
    }

    private void UseFileIdentity()
    {
        Sandbox.Environment.Remove("ACTIONS_ID_TOKEN_REQUEST_URL");
        Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = NewIdentityFile();
    }
}
