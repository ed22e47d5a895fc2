using AotBroker.Clients;
using AotBroker.Clients.Aws;
using AotBroker.Clients.Editing;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>~/.aws/config, before and after, to the octet. @ stands for this program.</summary>
public sealed class AwsSetupTests : IDisposable
{
    private const string Ours = "credential_process = @ get --profile ci --format aws\n";

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private FileEdit Edit(string before, string region = ",\"region\":\"eu-west-1\"", string name = "ci")
    {
        _machine.WriteBrokerProfile(name, $$$"""{"identity":{"source":"file","path":"/run/token"},"exchange":{"type":"aws-sts","role_arn":"arn:aws:iam::123456789012:role/ci"{{{region}}}}}""");
        return new AwsSetup().Plan(ProfileResolver.Resolve(name, _machine.Environment), "/x", _machine.Environment).Edit(before);
    }

    private static string Real(string text) => OctetText.Of(text.Replace("@", Environment.ProcessPath, StringComparison.Ordinal));

    public static TheoryData<string, string> Written => new()
    {
        { "", "[profile ci]\n" + Ours + "region = eu-west-1\n" },
        { "\n\n", "\n\n[profile ci]\n" + Ours + "region = eu-west-1\n" },
        { "[default]\nregion = eu-central-1\n", "[default]\nregion = eu-central-1\n\n[profile ci]\n" + Ours + "region = eu-west-1\n" },
        { "[default]\nregion = eu-central-1", "[default]\nregion = eu-central-1\n\n[profile ci]\n" + Ours + "region = eu-west-1\n" },
        { "# größe\n[default]\n\n\n", "# größe\n[default]\n\n\n[profile ci]\n" + Ours + "region = eu-west-1\n" },
        { "[default]\r\nregion = x\r\n", ("[default]\nregion = x\n\n[profile ci]\n" + Ours + "region = eu-west-1\n").Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "[default]\r\nregion = x", ("[default]\nregion = x\n\n[profile ci]\n" + Ours + "region = eu-west-1\n").Replace("\n", "\r\n", StringComparison.Ordinal) },
        // A section of that name which says nothing of credentials.
        { "[profile ci]\nregion = mine\n[default]\n", "[profile ci]\n" + Ours + "region = mine\n[default]\n" },
        {
            "[profile ci]\nregion = x\nservices = local\nretry_mode = adaptive\ncli_pager =\nCLI_Timestamp_format = iso8601\nendpoint_url = http://localhost:4566\ns3 =\n  addressing_style = path\nca_bundle = /a\n\n[services local]\nsts =\n  endpoint_url = http://localhost:4566\n",
            "[profile ci]\n" + Ours + "region = x\nservices = local\nretry_mode = adaptive\ncli_pager =\nCLI_Timestamp_format = iso8601\nendpoint_url = http://localhost:4566\ns3 =\n  addressing_style = path\nca_bundle = /a\n\n[services local]\nsts =\n  endpoint_url = http://localhost:4566\n"
        },
        { "[profile ci]", "[profile ci]\n" + Ours + "region = eu-west-1\n" },
        { "[profile  'ci'] # mine\n  output = json\n", "[profile  'ci'] # mine\n  " + Ours + "  region = eu-west-1\n  output = json\n" },
        // Lines of its own, with another path or profile.
        { "[profile ci]\nregion = mine\ncredential_process = '/opt/my tools/aotbroker' get --profile old\ncli_pager =\n", "[profile ci]\nregion = mine\n" + Ours + "cli_pager =\n" },
        { "[profile ci]\r\ncredential_process=/opt/aotbroker\r\n", ("[profile ci]\n" + Ours + "region = eu-west-1\n").Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "[profile ci]\ns3 =\n  addressing_style = path\n  [default]\n" + Ours + "region = mine", "[profile ci]\ns3 =\n  addressing_style = path\n  [default]\n" + Ours + "region = mine" },
        { "[profile ci]\nregion = mine\ncredential_process = /a/aotbroker", "[profile ci]\nregion = mine\n" + Ours.TrimEnd('\n') },
        { "\ufeff[profile ci]\nregion = mine\n", "\ufeff[profile ci]\n" + Ours + "region = mine\n" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void The_file_gets_what_it_lacks_and_keeps_the_rest(string before, string after)
    {
        FileEdit edit = Edit(Real(before));

        Assert.Equal(Real(after), edit.Text);
        Assert.Equal(edit, Edit(edit.Text!));
    }

    [Theory]
    [InlineData("[profile ci]\ncredential_process = /usr/bin/other --profile aotbroker\n", "line 2 gives")]
    [InlineData("[profile ci]\ncredential_process = aws-vault exec x -- aotbroker get\n", "line 2 gives")]
    [InlineData("[profile ci]\nregion = x\nrole_arn = arn\n", "line 3 is a setting of")]
    [InlineData("[profile ci]\nsso_session = x\n", "line 2 is a setting of")]
    [InlineData("[profile ci]\nservices = x\nsource_profile = y\n", "line 3 is a setting of")]
    [InlineData("[profile ci]\nlogin_session = x\n", "line 2 is a setting of")]
    [InlineData("[profile ci]\naws_access_key_id = x\n", "line 2 is a setting of")]
    [InlineData("[profile ci]\n[default]\n[profile \"ci\"]\n", "line 3 begins the same section as line 1")]
    [InlineData("[profile ci]\ncredential_process = /a/aotbroker\nCredential_Process = /b/aotbroker\n", "line 3 sets")]
    [InlineData("[profile ci]\ncredential_process =\n  /a/aotbroker\n", "line 2 sets")]
    [InlineData("region = x\n[default]\n", "line 1 is before the first section")]
    [InlineData("[default]\nwhat is this\n", "line 2 is not a setting")]
    [InlineData("[default\n", "line 1 is not a section header")]
    [InlineData("[a][b]\n", "line 1 is not a section header")]
    [InlineData("[default]\rregion = x\n", "carriage return")]
    [InlineData("[default]\n\0", "not text")]
    public void What_others_wrote_or_cannot_be_parsed_is_left(string before, string reason)
    {
        FileEdit edit = Edit(before);

        Assert.Null(edit.Text);
        Assert.Contains(reason, edit.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[default]\noutput = json\n")]
    [InlineData("[profile default]\noutput = json\n")]
    public void The_profile_default_has_two_names(string before)
    {
        Assert.Equal(
            Real($"{before.Split('\n')[0]}\ncredential_process = @ get --profile default --format aws\noutput = json\n"),
            Edit(before, region: "", name: "default").Text);
    }

    [Fact]
    public void The_file_is_the_one_that_the_client_reads()
    {
        Assert.Equal(_machine.Home[".aws/config"], new AwsSetup().FileFor("ci", _machine.Environment));
        Assert.Equal(_machine.Home["a/b"], new AwsSetup().FileFor("ci", _machine.WithVariables(("AWS_CONFIG_FILE", "~/a/b"))));
        Assert.Equal("/a/b", new AwsSetup().FileFor("ci", _machine.WithVariables(("AWS_CONFIG_FILE", "/a/b"))));
    }
}
