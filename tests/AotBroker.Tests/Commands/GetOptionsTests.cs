using AotBroker.Commands;
using AotBroker.Errors;

namespace AotBroker.Tests;

/// <summary>What `get` was asked for, from its arguments.</summary>
public sealed class GetOptionsTests
{
    private static GetOptions Of(params string[] arguments) => Assert.IsType<GetOptions>(CommandLine.Bind(arguments).Options);

    [Fact]
    public void Without_options_there_are_defaults() => Assert.Equal(new GetOptions(), Of("get"));

    [Theory]
    [InlineData("get --profile ci --format json --min-ttl 900 --force-refresh --timeout 5 --wait 90 --verbose")]
    [InlineData("get --profile=ci --format=json --min-ttl=900 --force-refresh --timeout=5 --wait=90 --verbose")]
    [InlineData("get --verbose --wait 90 --timeout 5 --force-refresh --min-ttl=900 --format json --profile=ci")]
    [InlineData("get --verbose --wait 0090 --timeout 5 --force-refresh --min-ttl=900 --format json --profile=ci --")]
    public void Every_option_is_taken_in_either_form_and_any_order(string line)
    {
        GetOptions options = Of(line.Split(' '));

        Assert.Equal("json", options.Format?.Name);
        Assert.Equal(
            new GetOptions { Profile = "ci", MinimumLife = 900, ForceRefresh = true, Timeout = TimeSpan.FromSeconds(5), Wait = TimeSpan.FromSeconds(90), Verbose = true },
            options with { Format = null });
    }

    [Theory]
    [InlineData("GET", "GET")]
    [InlineData("get --version", "--version")]
    [InlineData("get extra", "extra")]
    [InlineData("get -- --profile x", "--profile")]
    [InlineData("get --profile", "--profile")]
    [InlineData("get --profile --verbose", "--profile")]
    [InlineData("get --profile -- x", "--profile")]
    [InlineData("get --profile=--", "--profile")]
    [InlineData("get --profile=", "--profile")]
    [InlineData("get --format yaml", "--format")]
    [InlineData("get --format TOKEN", "--format")]
    [InlineData("get --format", "--format")]
    [InlineData("get --min-ttl x", "--min-ttl")]
    [InlineData("get --min-ttl -1", "--min-ttl")]
    [InlineData("get --min-ttl +1", "--min-ttl")]
    [InlineData("get --min-ttl 1.5", "--min-ttl")]
    [InlineData("get --min-ttl 99999999999999999999", "--min-ttl")]
    [InlineData("get --timeout 0", "--timeout")]
    [InlineData("get --timeout 3601", "--timeout")]
    [InlineData("get --timeout 1e3", "--timeout")]
    [InlineData("get --timeout=+5", "--timeout")]
    [InlineData("get --timeout", "--timeout")]
    [InlineData("get --wait 86401", "--wait")]
    [InlineData("get --wait soon", "--wait")]
    [InlineData("get --verbose=true", "--verbose")]
    [InlineData("get --verbose= ", "--verbose")]
    [InlineData("get --verbose true", "true")]
    [InlineData("get --unknown", "--unknown")]
    [InlineData("get --unknown=x", "--unknown")]
    [InlineData("get -v", "-v")]
    [InlineData("get --Profile x", "--Profile")]
    [InlineData("get --profile a --profile b", "--profile")]
    [InlineData("get --timeout 5 --timeout=6", "--timeout")]
    [InlineData("get --verbose --verbose", "--verbose")]
    [InlineData("clear --all --profile ci", "--all")]
    [InlineData("status --json --json", "--json")]
    [InlineData("keep", "--publish")]
    [InlineData("keep --publish", "--publish")]
    [InlineData("keep --publish=", "--publish")]
    [InlineData("keep --publish x --ready-fd 2", "--ready-fd")]
    [InlineData("keep --publish x --watch-pid +1", "--watch-pid")]
    [InlineData("completion", "SHELL")]
    [InlineData("link", "DIR")]
    [InlineData("completion bash zsh", "zsh")]
    [InlineData("setup aws --file=", "--file")]
    public void What_is_wrong_is_a_matter_of_usage_that_names_it(string line, string named)
    {
        BrokerException error = Expect.Error("AB0201", () => CommandLine.Bind(line.TrimEnd().Split(' ')));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Matches("^see `aotbroker ([a-z]+ )?--help`$", error.Hints[^1]);
    }

    [Theory]
    [InlineData("get --help")]
    [InlineData("get -h")]
    [InlineData("get -?")]
    [InlineData("get --unknown --help")]
    [InlineData("get --profile --help")]
    [InlineData("exec --timeout x --help -- true")]
    [InlineData("docker --help")]
    [InlineData("help get")]
    [InlineData("--help get")]
    [InlineData("-h")]
    [InlineData("")]
    public void Help_is_given_whatever_else_is_wrong(string line)
    {
        using Machine machine = new();
        BoundCommand command = CommandLine.Bind(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(0, command.Run(new Brokering.Session(machine.Environment, machine.Output.Stream, machine.Reporter, verbose: false)));
        Assert.Contains("Usage: aotbroker", machine.Output.Text, StringComparison.Ordinal);
    }
}
