using AotBroker.Commands;
using AotBroker.Errors;
using AotBroker.Reporting;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>The quick way in takes what is plain and right, and means by it what System.CommandLine means.</summary>
public sealed class GetOptionsTests
{
    private static GetOptions? TryParse(params string[] arguments) => GetOptions.TryParse(arguments);

    [Fact]
    public void Without_options_there_are_defaults()
    {
        GetOptions options = Assert.IsType<GetOptions>(TryParse("get"));

        Assert.Null(options.Format);
        Assert.Null(options.Timeout);
        Assert.Null(options.Profile);
        Assert.Null(options.MinimumLife);
        Assert.False(options.ForceRefresh);
        Assert.False(options.Verbose);
    }

    [Theory]
    [InlineData("get --profile ci --format json --min-ttl 900 --force-refresh --timeout 5 --wait 90 --verbose")]
    [InlineData("get --profile=ci --format=json --min-ttl=900 --force-refresh --timeout=5 --wait=90 --verbose")]
    [InlineData("get --verbose --wait 90 --timeout 5 --force-refresh --min-ttl=900 --format json --profile=ci")]
    public void Every_option_is_taken_in_either_form_and_any_order(string line) => Assert.Equal(
        new GetOptions { Profile = "ci", Format = "json", MinimumLife = 900, ForceRefresh = true, Timeout = TimeSpan.FromSeconds(5), Wait = TimeSpan.FromSeconds(90), Verbose = true },
        TryParse(line.Split(' ')));

    [Theory]
    [InlineData("")]
    [InlineData("exec")]
    [InlineData("GET")]
    [InlineData("--verbose get")]
    [InlineData("get --help")]
    [InlineData("get -h")]
    [InlineData("get --version")]
    [InlineData("get extra")]
    [InlineData("get --profile")]
    [InlineData("get --profile --verbose")]
    [InlineData("get --profile=")]
    [InlineData("get --profile=-x")]
    [InlineData("get --profile /h")]
    [InlineData("get --format yaml")]
    [InlineData("get --format TOKEN")]
    [InlineData("get --format")]
    [InlineData("get --min-ttl x")]
    [InlineData("get --min-ttl -1")]
    [InlineData("get --min-ttl 1.5")]
    [InlineData("get --min-ttl 99999999999999999999")]
    [InlineData("get --timeout 0")]
    [InlineData("get --timeout 3601")]
    [InlineData("get --timeout 1e3")]
    [InlineData("get --timeout")]
    [InlineData("get --wait 86401")]
    [InlineData("get --wait soon")]
    [InlineData("get --verbose=true")]
    [InlineData("get --verbose true")]
    [InlineData("get --unknown")]
    [InlineData("get --unknown x")]
    [InlineData("get -- --profile x")]
    [InlineData("get --profile a --profile b")]
    [InlineData("get --timeout 5 --timeout=6")]
    public void What_is_not_plain_and_right_is_left_to_System_CommandLine(string line) => Assert.Null(TryParse(line.Split(' ')));

    [Fact]
    public void Whatever_the_quick_way_takes_System_CommandLine_understands_alike()
    {
        const int Seed = 20300110;
        string[] names = ["--profile", "--format", "--min-ttl", "--timeout", "--wait", "--force-refresh", "--verbose", "--help", "--json", "-v"];
        string[] values =
        [
            "ci", "default", "get", "exec", "json", "token", "env", "header", "anthropic", "0", "1", "60", "0060", "3600", "3601", "86400", "86401", "900",
            "9223372036854775807", "2147483648", "a b", "@file", "a=b", "a:b", "/h", "/?", "[suggest]", "-1", "--", "", "x\ny",
        ];
        Random random = new(Seed);
        int accepted = 0;
        for (int i = 0; i < 20_000; i++)
        {
            List<string> arguments = ["get"];
            for (int count = random.Next(5); count > 0; count--)
            {
                string name = names[random.Next(names.Length)];
                string value = values[random.Next(values.Length)];
                arguments.AddRange(random.Next(6) switch { 0 => [name], 1 => [$"{name}={value}"], 2 => [value], 3 => [$"{name}:{value}"], _ => [name, value] });
            }
            string[] line = [.. arguments];
            if (GetOptions.TryParse(line) is not { } quick)
            {
                continue;
            }
            accepted++;
            Assert.True(quick == Understood(line), $"seed {Seed}, round {i}: {string.Join(' ', line)}");
        }
        Assert.True(accepted > 1000, $"only {accepted} were accepted");
    }

    /// <summary>What System.CommandLine makes of it; null where it refuses.</summary>
    private static GetOptions? Understood(string[] arguments)
    {
        using Machine machine = new();
        GetOptions? understood = null;
        try
        {
            CommandLine.Run(arguments, machine.Environment, machine.Reporter, (options, _) =>
            {
                understood = options;
                return 0;
            });
        }
        catch (BrokerException error) when (error.Code == ErrorCode.Usage)
        {
            return null;
        }
        return understood;
    }

    [Theory]
    [InlineData("get extra")]
    [InlineData("get --format yaml")]
    [InlineData("get --timeout 0")]
    [InlineData("get --timeout x")]
    [InlineData("get --min-ttl -1")]
    [InlineData("get --min-ttl x")]
    [InlineData("get --wait -1")]
    [InlineData("get --unknown")]
    [InlineData("gett")]
    [InlineData("exec")]
    [InlineData("exec --")]
    [InlineData("exec --unknown -- true")]
    [InlineData("exec --timeout 0 -- true")]
    [InlineData("exec --wait x -- true")]
    [InlineData("exec --verbose=true -- true")]
    [InlineData("clear --all --profile ci")]
    [InlineData("completion tcsh")]
    public void What_is_wrong_is_a_matter_of_usage(string line)
    {
        using Machine machine = new();
        machine.Variables["AOTBROKER_CACHE_DIR"] = machine.Home["cache"];

        Expect.Error("AB0201", () => CommandLine.Run(line.Split(' '), machine.Environment, machine.Reporter));
    }
}
