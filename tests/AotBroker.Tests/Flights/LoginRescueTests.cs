using System.Text.Json.Nodes;
using AotBroker.Exchange;
using AotBroker.Schemas;
using LocalTokenEndpoint;

namespace AotBroker.Tests;

/// <summary>A rotated refresh token that the credentials file cannot be given is kept, told of, and put in its place later.</summary>
public sealed class LoginRescueTests
{
    [Fact]
    public async Task It_is_kept_in_a_private_file_with_a_warning_and_the_credential_is_served()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject login = machine.Read();
        using IDisposable obstacle = machine.MakeUnwritable();

        Credential credential = machine.Obtain();

        Assert.NotNull(machine.Endpoint.Grants.Find(credential.AccessToken!.Reveal()));
        Assert.Equal(login.ToJsonString(), machine.Read().ToJsonString());
        Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(machine.RescuePath));
        string warning = machine.Warning("AB0711");
        Assert.Contains(machine.FilePath, warning, StringComparison.Ordinal);
        Assert.Contains(machine.RescuePath, warning, StringComparison.Ordinal);
        machine.AssertSilent(login, JsonNode.Parse(File.ReadAllText(machine.RescuePath))!.AsObject());
    }

    [Fact]
    public async Task The_next_process_serves_it_and_the_one_after_it_writes_the_file()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        Credential credential;
        using (machine.MakeUnwritable())
        {
            credential = machine.Obtain();
            Assert.Equal(credential.AccessToken, machine.Obtain().AccessToken);
            Assert.True(File.Exists(machine.RescuePath));
        }

        Assert.Equal(credential.AccessToken, machine.Obtain().AccessToken);

        Assert.False(File.Exists(machine.RescuePath));
        Assert.Equal(credential.AccessToken!.Reveal(), machine.Read()["access_token"]!.GetValue<string>());
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
        machine.Machine.Clock.Advance(LoginMachine.Lifetime);
        machine.Obtain();
        Assert.Equal(2, machine.Endpoint.Events.GrantedExchanges);
    }

    [Fact]
    public async Task A_chain_of_refreshes_goes_on_while_the_file_cannot_be_written()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        string old = machine.Read()["refresh_token"]!.GetValue<string>();
        Credential last;
        using (machine.MakeUnwritable())
        {
            machine.Obtain();
            machine.Machine.Clock.Advance(LoginMachine.Lifetime);
            machine.Obtain();
            machine.Machine.Clock.Advance(LoginMachine.Lifetime);
            last = machine.Obtain();
        }
        Assert.Equal(3, machine.Endpoint.Events.GrantedExchanges);
        Assert.Equal(old, machine.Read()["refresh_token"]!.GetValue<string>());

        Assert.Equal(last.AccessToken, machine.Obtain().AccessToken);
        Assert.Equal(last.AccessToken!.Reveal(), machine.Read()["access_token"]!.GetValue<string>());
        Assert.False(File.Exists(machine.RescuePath));
        Assert.Equal(3, machine.Endpoint.Events.Refreshes);
    }

    [Fact]
    public async Task A_new_login_makes_it_void()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        using (machine.MakeUnwritable())
        {
            machine.Obtain();
        }
        JsonObject other = machine.Write();
        string refresh = other["refresh_token"]!.GetValue<string>();

        machine.Obtain();

        Assert.False(File.Exists(machine.RescuePath));
        Assert.Contains(machine.Endpoint.Events.Snapshot(), one => one.RefreshTokenDigest == TokenDigest.Of(refresh) && one.Spent);
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("readable")]
    [InlineData("link")]
    [InlineData("another file's")]
    public async Task One_that_is_not_to_be_believed_is_not_used(string what)
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        using (machine.MakeUnwritable())
        {
            machine.Obtain();
        }
        switch (what)
        {
            case "damaged":
                File.WriteAllText(machine.RescuePath, "{");
                break;
            case "readable":
                File.SetUnixFileMode(machine.RescuePath, TemporaryDirectory.ReadableByOthers);
                break;
            case "link":
                File.Move(machine.RescuePath, machine.RescuePath + ".moved");
                File.CreateSymbolicLink(machine.RescuePath, machine.RescuePath + ".moved");
                break;
            default:
                File.WriteAllText(machine.RescuePath, File.ReadAllText(machine.RescuePath).Replace(machine.FilePath, machine.FilePath + "2", StringComparison.Ordinal));
                break;
        }

        Expect.Error("AB0423", () => machine.Obtain());
    }

    [Fact]
    public async Task Where_it_cannot_be_kept_either_the_person_is_told_what_will_happen()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        JsonObject login = machine.Read();
        using IDisposable obstacle = machine.MakeUnwritable();
        Directory.CreateDirectory(machine.RescuePath + "/obstacle");

        Credential credential = machine.Obtain();

        Assert.NotNull(machine.Endpoint.Grants.Find(credential.AccessToken!.Reveal()));
        Assert.Contains("could not be stored", machine.Warning("AB0712"), StringComparison.Ordinal);
        Assert.Contains(machine.Machine.Error.Lines, static line => line.Contains("log in again", StringComparison.Ordinal));
        machine.AssertSilent(login);
    }

    [Fact]
    public async Task Without_a_cache_the_person_is_told_so_too()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        using IDisposable obstacle = machine.MakeUnwritable();
        machine.Machine.LeaveNoPlaceForACache();

        machine.Obtain();

        Assert.Contains("the cache cannot be used", machine.Warning("AB0712"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_access_token_alone_is_not_kept_because_nothing_is_lost_with_it()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        using IDisposable obstacle = machine.MakeUnwritable();
        machine.Endpoint.Faults.Add(Fault.OmitRefreshToken());

        machine.Obtain();

        Assert.False(File.Exists(machine.RescuePath));
        Assert.Contains(machine.FilePath, machine.Warning("AB0704"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_became_readable_by_others_meanwhile_is_not_written_and_nothing_is_lost()
    {
        await using LoginMachine machine = await LoginMachine.StartAsync();
        machine.Endpoint.Faults.Add(Fault.Hold());
        Task<Credential> obtained = Task.Run(() => machine.Obtain());
        await machine.Endpoint.Events.WaitForAsync(_ => machine.Endpoint.Events.Refreshes == 1);
        File.SetUnixFileMode(machine.FilePath, TemporaryDirectory.ReadableByOthers);
        machine.Endpoint.Faults.ReleaseHeld();
        Credential credential = await obtained;
        Assert.Contains("0644", machine.Warning("AB0711"), StringComparison.Ordinal);

        Expect.Error("AB0421", () => machine.Obtain());
        File.SetUnixFileMode(machine.FilePath, TemporaryDirectory.Private);
        Assert.Equal(credential.AccessToken, machine.Obtain().AccessToken);
        Assert.Equal(1, machine.Endpoint.Events.Refreshes);
    }
}
