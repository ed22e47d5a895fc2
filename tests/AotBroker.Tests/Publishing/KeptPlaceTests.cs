using AotBroker.Exchange;
using AotBroker.Publishing;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Where `keep` publishes: what it made it replaces and takes back, and nothing else.</summary>
public sealed class KeptPlaceTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private string Place => _machine.Home["place"];

    private Credential Minted() => new() { AccessToken = new(Made.AccessToken()), IssuedAt = _machine.Environment.Now, ExpiresAt = _machine.Environment.Now + 600 };

    [Fact]
    public void What_was_removed_is_published_again()
    {
        var profile = Made.Profile();
        KeptPlace place = KeptPlace.Open(Place, profile);
        place.Publish(profile, Minted());
        Directory.Delete(Place, recursive: true);

        place.Publish(profile, Minted());

        Assert.True(File.Exists($"{Place}/active_config"));
        place.Withdraw();
        Assert.False(Directory.Exists(Place));
    }

    [Fact]
    public void The_list_of_what_was_made_does_not_grow_with_renewals()
    {
        var profile = Made.Profile();
        KeptPlace place = KeptPlace.Open(Place, profile);
        place.Publish(profile, Minted());
        place.Publish(profile, Minted());
        int lines = File.ReadAllLines($"{Place}/kept.files").Length;

        for (int i = 0; i < 20; i++)
        {
            place.Publish(profile, Minted());
        }

        Assert.Equal(lines, File.ReadAllLines($"{Place}/kept.files").Length);
    }

    [Fact]
    public void What_a_killed_keeper_left_at_any_step_is_taken_over_by_one_of_another_profile_and_taken_back()
    {
        var first = Made.Profile();
        KeptPlace killed = KeptPlace.Open(Place, first);
        killed.Publish(first, Minted());
        foreach (string missing in (string[])["active_config", $"credentials/{first.Name}.json", $"configs/{first.Name}.json"])
        {
            File.Delete($"{Place}/{missing}");
            var second = first with { Name = "second" };

            KeptPlace next = KeptPlace.Open(Place, second);
            next.Publish(second, Minted());
            Assert.Equal("second\n", File.ReadAllText($"{Place}/active_config"));
        }

        KeptPlace.Open(Place, first).Withdraw();

        Assert.Empty(Directory.GetFileSystemEntries(Place));
    }

    [Theory]
    [InlineData("../outside.json")]
    [InlineData("configs/../../outside.json")]
    [InlineData("/etc/outside.json")]
    [InlineData("credentials/.json")]
    public void No_line_of_a_list_leads_out_of_the_directory(string name)
    {
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("x"u8));
        _machine.Home.Write("outside.json", "x");
        _machine.Home.Write("place/kept.files", $"{digest} {name}\n  ..\n x\n");

        KeptPlace.Open(Place, Made.Profile()).Withdraw();

        Assert.True(File.Exists(_machine.Home["outside.json"]));
    }
}
