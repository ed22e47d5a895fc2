using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>A name becomes part of a path: nothing that leaves the folder may pass.</summary>
public sealed class ProfileNameTests
{
    [Theory]
    [InlineData("default")]
    [InlineData("a")]
    [InlineData("_")]
    [InlineData("-")]
    [InlineData("Prod-1.eu_west")]
    [InlineData("0")]
    [InlineData("a.b.c")]
    [InlineData("a.")]
    public void A_name_that_every_client_accepts_is_valid(string name) => Assert.True(ProfileName.IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("a..b")]
    [InlineData("../up")]
    [InlineData("a/b")]
    [InlineData("/etc/passwd")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a\0b")]
    [InlineData("ä")]
    [InlineData("a%2f")]
    [InlineData("a\\b")]
    [InlineData("~")]
    public void A_name_that_some_client_refuses_is_not_valid(string name) => Assert.False(ProfileName.IsValid(name));

    [Fact]
    public void A_name_has_at_most_128_characters()
    {
        Assert.True(ProfileName.IsValid(new string('a', 128)));
        Assert.False(ProfileName.IsValid(new string('a', 129)));
    }

    [Fact]
    public void A_valid_name_never_leaves_the_folder()
    {
        const int Seed = 20300101;
        const string Characters = "aZ09_-./\\ \n~%";
        Random random = new(Seed);
        for (int i = 0; i < 20_000; i++)
        {
            string name = new([.. Enumerable.Range(0, random.Next(1, 7)).Select(_ => Characters[random.Next(Characters.Length)])]);
            if (ProfileName.IsValid(name))
            {
                Assert.True(Path.GetFullPath($"/folder/{name}") == $"/folder/{name}", $"seed {Seed}: {name}");
            }
        }
    }

    [Fact]
    public void The_error_shortens_a_long_name_and_names_where_it_came_from()
    {
        var error = Expect.Error("AB0304", () => ProfileName.Checked(new string('/', 5000), "AOTBROKER_PROFILE"));

        Assert.Contains("AOTBROKER_PROFILE", error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 200);
    }
}
