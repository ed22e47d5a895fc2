using AotBroker.Clients;
using AotBroker.Clients.Editing;
using AotBroker.Clients.Terraform;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>~/.terraformrc, before and after, to the octet.</summary>
public sealed class TerraformSetupTests : IDisposable
{
    private const string Block = "credentials_helper \"aotbroker\" {\n  args = [\"--profile\", \"ci\"]\n}\n";
    private const string Theirs = "plugin_cache_dir = \"/größe\"\n";

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private SetupPlan Setup(string serves = """,{"hosts":["app.example"]}""")
    {
        _machine.WriteBrokerProfile("ci", """{"exchange":{"type":"none"}@}""".Replace("@", serves.Replace(",{", ",\"serves\":{", StringComparison.Ordinal), StringComparison.Ordinal));
        return new TerraformSetup().Plan(ProfileResolver.ResolveExchange("ci", _machine.Environment), "/x", _machine.Environment);
    }

    public static TheoryData<string, string> Written => new()
    {
        { "", Block },
        { Theirs, Theirs + "\n" + Block },
        { Theirs.TrimEnd('\n'), Theirs + "\n" + Block },
        { Theirs.Replace("\n", "\r\n", StringComparison.Ordinal), (Theirs + "\n" + Block).Replace("\n", "\r\n", StringComparison.Ordinal) },
        { Block.Replace("ci", "old.one", StringComparison.Ordinal) + Theirs, Block + Theirs },
        { (Theirs + Block.Replace("ci", "old", StringComparison.Ordinal)).Replace("\n", "\r\n", StringComparison.Ordinal), (Theirs + Block).Replace("\n", "\r\n", StringComparison.Ordinal) },
        { Block.TrimEnd('\n'), Block.TrimEnd('\n') },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void The_file_gets_what_it_lacks_and_keeps_the_rest(string before, string after)
    {
        FileEdit edit = Setup().Edit(OctetText.Of(before));

        Assert.Equal(OctetText.Of(after), edit.Text);
        Assert.Equal(edit, Setup().Edit(edit.Text!));
    }

    [Theory]
    [InlineData("credentials_helper \"vault\" {\n  args = []\n}\n", "line 1 names")]
    [InlineData("\n# credentials_helper\n", "line 2 names")]
    [InlineData("credentials_helper \"aotbroker\" {}\n", "line 1 names")]
    [InlineData("  " + Block, "line 1 names")]
    [InlineData(Block + Block, "line 1 names")]
    [InlineData("credentials_helper \"aotbroker\" {\n  args = [\"--profile\", \"ci\", \"--verbose\"]\n}\n", "line 1 names")]
    [InlineData("\n {\"disable_checkpoint\": true}\n", "it is JSON")]
    [InlineData("a\rb", "carriage return")]
    public void What_others_wrote_or_cannot_be_parsed_is_left(string before, string reason)
    {
        FileEdit edit = Setup().Edit(before);

        Assert.Null(edit.Text);
        Assert.Contains(reason, edit.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void The_link_is_asked_for_where_Terraform_would_not_find_it()
    {
        Assert.Contains("link ~/.terraform.d/plugins", Assert.Single(Setup().Next), StringComparison.Ordinal);

        _machine.Home.Write(".terraform.d/plugins/terraform-credentials-aotbroker", "");

        Assert.Empty(Setup().Next);
        Expect.Error("AB0201", () => Setup(serves: ""));
    }

    [Fact]
    public void The_file_is_the_one_that_Terraform_reads()
    {
        Assert.Equal(_machine.Home[".terraformrc"], new TerraformSetup().FileFor("ci", _machine.Environment));
        Assert.Equal("/a.tfrc", new TerraformSetup().FileFor("ci", _machine.WithVariables(("TF_CLI_CONFIG_FILE", "/a.tfrc"))));
    }
}
