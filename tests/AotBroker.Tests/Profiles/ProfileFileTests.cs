using AotBroker.Brokering;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>A profile decides what an identity is presented to: only a file that nobody else could have written is believed.</summary>
public sealed class ProfileFileTests : IDisposable
{
    private readonly Machine _machine = new();

    public ProfileFileTests() => _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "/run/token";

    public void Dispose() => _machine.Dispose();

    private FederatedProfile Resolve() => (FederatedProfile)ProfileResolver.Resolve("ci", _machine.Environment);

    private static string Broker(string rule) =>
        $$"""{"exchange":{"type":"anthropic","federation_rule_id":"fdrl_{{rule}}","organization_id":"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f"} }""";

    private static string Anthropic(string rule) =>
        $$"""{"version":"1.0","authentication":{"type":"oidc_federation","federation_rule_id":"fdrl_{{rule}}"},"organization_id":"3f0c9d1e-5a7b-4c2d-9e8f-1a2b3c4d5e6f"}""";

    private static void AssertFrom(string rule, FederatedProfile profile) => Assert.Equal("fdrl_" + rule, profile.Federation!.FederationRuleId.Value);

    [Fact]
    public void A_directory_in_the_place_of_a_profile_is_unreadable()
    {
        _machine.Home.MakeDirectory(".config/aotbroker/profiles/ci.json");

        Expect.Error("AB0308", () => Resolve());
    }

    [Fact]
    public void A_fifo_in_the_place_of_a_profile_is_refused_without_waiting_for_a_writer()
    {
        _machine.Home.MakeDirectory(".config/aotbroker/profiles");
        Native.MakeFifo(_machine.Home[".config/aotbroker/profiles/ci.json"]);

        Expect.Error("AB0308", () => Resolve());
    }

    [Fact]
    public void A_profile_that_this_user_cannot_read_is_unreadable_and_not_missing()
    {
        File.SetUnixFileMode(_machine.Home.Path, (UnixFileMode)0x1FF);
        File.SetUnixFileMode(_machine.WriteBrokerProfile("ci", Broker("broker")), 0);
        _machine.WriteAnthropicProfile("ci", Anthropic("anthropic"));

        Native.WithoutPrivilege(() => Expect.Error("AB0308", () => Resolve()));
    }

    [Fact]
    public void A_profile_of_more_than_64_KiB_is_not_read()
    {
        string padding = new(' ', (64 * 1024) - Broker("broker").Length);
        string file = _machine.WriteBrokerProfile("ci", Broker("broker") + padding);
        AssertFrom("broker", Resolve());

        File.AppendAllText(file, " ");
        Expect.Error("AB0308", () => Resolve());
    }

    [Fact]
    public void A_link_to_a_profile_is_followed()
    {
        _machine.Home.Write("elsewhere.json", Broker("linked"));
        _machine.Home.MakeDirectory(".config/aotbroker/profiles");
        File.CreateSymbolicLink(_machine.Home[".config/aotbroker/profiles/ci.json"], _machine.Home["elsewhere.json"]);

        AssertFrom("linked", Resolve());
    }

    [Theory]
    [InlineData("broker", 0x190 /* 0620 */)]
    [InlineData("broker", 0x182 /* 0602 */)]
    [InlineData("anthropic", 0x1B6 /* 0666 */)]
    public void A_profile_that_others_can_write_is_refused(string kind, int mode)
    {
        string file = kind == "broker" ? _machine.WriteBrokerProfile("ci", Broker("x")) : _machine.WriteAnthropicProfile("ci", Anthropic("x"));
        File.SetUnixFileMode(file, (UnixFileMode)mode);

        var error = Expect.Error("AB0307", () => Resolve());

        Assert.Contains($"chmod go-w {file}", error.All(), StringComparison.Ordinal);
    }

    [FactForRoot]
    public void A_profile_of_another_user_is_refused()
    {
        Native.GiveTo(Native.Nobody, _machine.WriteBrokerProfile("ci", Broker("x")));

        var error = Expect.Error("AB0307", () => Resolve());

        Assert.NotEqual(Native.Nobody, Libc.GetEffectiveUserId());
        Assert.Contains("65534", error.Message, StringComparison.Ordinal);
    }
}
