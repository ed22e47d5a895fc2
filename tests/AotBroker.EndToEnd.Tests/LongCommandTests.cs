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
        Endpoint.Faults.Add(Fault.ExpiresIn(Life), times: null);
    }

    [Fact]
    public async Task The_published_credential_is_alive_at_every_instant_of_four_lives()
    {
        // Reads as an SDK does, over and over, until five different tokens have been seen.
        var result = (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", """
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            seen=; n=0
            while [ $n -lt 5 ]; do
              content=$(cat "$file") || { echo "not there"; exit 9; }
              expiry=$(printf '%s' "$content" | sed -n 's/.*"expires_at": \([0-9]*\).*/\1/p')
              left=$((expiry - $(date +%s)))
              [ $left -gt 0 ] || { echo "expired: $left"; exit 8; }
              [ "$expiry" = "$seen" ] || { n=$((n + 1)); seen=$expiry; }
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
        var result = (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", $$"""
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            first=$(cat "$file"); while [ "$(cat "$file")" = "$first" ]; do sleep 0.05; done
            [ "$(cat "$file")" = "$({{PublishedBinary.Path}} get --format anthropic)" ]
            """)).Succeeded();

        Assert.Equal("", result.OutputText);
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task What_cannot_be_renewed_is_told_once_then_that_it_is_over_and_the_command_goes_on()
    {
        UseFileIdentity();

        var command = Sandbox.Start("exec", "--", "/bin/sh", "-c", "while [ ! -e \"$TMPDIR/end\" ]; do sleep 0.05; done; exit 5");
        await command.WaitForErrorAsync("error[AB0709]");
        Sandbox.WriteFile("tmp/end", "");
        var result = await command.WaitAsync();

        Assert.Equal(5, result.ExitCode);
        result.Says("could not be renewed, and is tried again").Says("was already presented");
        Assert.Single(result.ErrorLines, line => line.Contains("warning[AB0408]", StringComparison.Ordinal));
        Assert.Single(result.ErrorLines, line => line.Contains("error[", StringComparison.Ordinal));
        Assert.Equal(1, Endpoint.Events.Presentations); // Invariant 1: the spent token was not tried again.
    }

    [Fact]
    public async Task What_failed_is_tried_again_until_it_succeeds()
    {
        (await Sandbox.RunAsync("get")).Succeeded();
        Endpoint.Faults.Clear();
        Endpoint.Faults.Add(Fault.Status(503), times: 3);
        Endpoint.Faults.Add(Fault.ExpiresIn(Life), times: null);

        var result = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", """
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            first=$(cat "$file"); while [ "$(cat "$file")" = "$first" ]; do sleep 0.05; done
            """);

        result.SucceededWithNotes();
        Assert.Equal(2, Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task What_somebody_removed_is_published_again()
    {
        var result = (await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", """
            file=$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json
            rm -r "$ANTHROPIC_CONFIG_DIR"
            while [ ! -s "$file" ] || [ ! -s "$ANTHROPIC_CONFIG_DIR/configs/$ANTHROPIC_PROFILE.json" ]; do sleep 0.05; done
            """)).Succeeded();

        Assert.Equal("", result.OutputText);
    }

    [Fact]
    public async Task Without_refresh_there_is_no_companion_and_nothing_is_renewed()
    {
        var result = (await Sandbox.RunAsync("exec", "--no-refresh", "--", "/bin/sh", "-c", """
            ls "$ANTHROPIC_CONFIG_DIR"
            expiry=$(sed -n 's/.*"expires_at": \([0-9]*\).*/\1/p' "$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json")
            while [ "$(date +%s)" -le "$expiry" ]; do sleep 0.2; done
            """)).Succeeded();

        Assert.Equal("aotbroker\nconfigs\ncredentials\n", result.OutputText);
        Assert.Equal(1, Endpoint.Events.GrantedExchanges);
        Assert.Single(Directory.GetDirectories(Path.Combine(Sandbox.Cache, "exec")));
    }

    private void UseFileIdentity()
    {
        Sandbox.Environment.Remove("ACTIONS_ID_TOKEN_REQUEST_URL");
        Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN_FILE"] = NewIdentityFile();
    }
}
