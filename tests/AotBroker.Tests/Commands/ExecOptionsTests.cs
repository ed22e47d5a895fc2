using AotBroker.Commands;
using AotBroker.Errors;

namespace AotBroker.Tests;

/// <summary>What follows `--`, or the first word that is no option, is the command's and is not looked at.</summary>
public sealed class ExecOptionsTests
{
    private static ExecOptions Of(params string[] arguments) => Assert.IsType<ExecOptions>(CommandLine.Bind(arguments).Options);

    [Theory]
    [InlineData("exec -- true", "true")]
    [InlineData("exec true", "true")]
    [InlineData("exec -- true -- --profile x", "true -- --profile x")]
    [InlineData("exec true --profile x", "true --profile x")]
    [InlineData("exec true -- x", "true -- x")]
    [InlineData("exec -- --profile", "--profile")]
    [InlineData("exec -- -- true", "-- true")]
    [InlineData("exec -- exec -- true", "exec -- true")]
    [InlineData("exec sh -c exit", "sh -c exit")]
    [InlineData("exec -- @file", "@file")]
    [InlineData("exec true --help", "true --help")]
    [InlineData("exec -- -h", "-h")]
    [InlineData("exec -- - true", "- true")]
    public void The_command_is_what_follows(string line, string command)
    {
        ExecOptions options = Of(line.Split(' '));

        Assert.Equal(command, string.Join(' ', options.Command));
        Assert.Null(options.Profile);
        Assert.False(options.KeepStaticKeys);
        Assert.Equal(TimeSpan.FromSeconds(60), options.Timeout);
    }

    [Theory]
    [InlineData("exec --profile ci --keep-static-keys --timeout 5 --wait 90 --verbose -- true --verbose")]
    [InlineData("exec --profile=ci --keep-static-keys --timeout=5 --wait=90 --verbose -- true --verbose")]
    [InlineData("exec --verbose --wait=90 --timeout 5 --profile=ci --keep-static-keys true --verbose")]
    public void The_options_are_what_stands_before(string line)
    {
        BoundCommand command = CommandLine.Bind(line.Split(' '));
        ExecOptions options = Assert.IsType<ExecOptions>(command.Options);

        Assert.True(command.Verbose);
        Assert.Equal("true --verbose", string.Join(' ', options.Command));
        Assert.Equal("ci", options.Profile);
        Assert.True(options.KeepStaticKeys);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(90), options.Wait);
    }

    [Fact]
    public void With_may_be_given_several_times()
    {
        ExecOptions options = Of("exec --with a --verbose --with=b:env -- true --with c".Split(' '));

        Assert.Equal(["true", "--with", "c"], options.Command);
        Assert.Equal(["a", "b:env"], options.With);
        Assert.Null(options.Profile);
    }

    [Theory]
    [InlineData("exec --with")]
    [InlineData("exec --with a")]
    [InlineData("exec --with a --")]
    [InlineData("exec --with= -- true")]
    [InlineData("exec")]
    [InlineData("exec --")]
    [InlineData("exec --profile")]
    [InlineData("exec --profile -- true")]
    [InlineData("exec --profile ci")]
    [InlineData("exec --profile ci --")]
    [InlineData("exec --profile= -- true")]
    [InlineData("exec --profile a --profile b -- true")]
    [InlineData("exec --timeout 0 -- true")]
    [InlineData("exec --timeout 3601 -- true")]
    [InlineData("exec --timeout=x -- true")]
    [InlineData("exec --timeout=+5 -- true")]
    [InlineData("exec --timeout= -- true")]
    [InlineData("exec --unknown -- true")]
    [InlineData("exec --verbose=true -- true")]
    [InlineData("exec --verbose --verbose -- true")]
    [InlineData("exec - true")]
    public void What_is_wrong_is_a_matter_of_usage_and_runs_nothing(string line) => Expect.Error("AB0201", () => CommandLine.Bind(line.Split(' ')));

    [Fact]
    public void Empty_arguments_of_the_command_are_kept() => Assert.Equal(["printf", "", "%s", ""], Of("exec", "--", "printf", "", "%s", "").Command);

    [Fact]
    public void Whatever_the_command_is_its_words_are_the_last_ones_as_they_came()
    {
        const int Seed = 20300111;
        string[] words = ["--", "--profile", "ci", "--verbose", "--timeout=5", "-h", "--help", "true", "", "@x", "exec", "--keep-static-keys", "--version"];
        string[] options = ["--verbose", "--keep-static-keys", "--timeout=5", "--profile=ci"];
        Random random = new(Seed);
        for (int i = 0; i < 5000; i++)
        {
            string[] command = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => words[random.Next(words.Length)])];
            random.Shuffle(options);

            string[] before = options[..random.Next(4)];
            Assert.True(Of(["exec", .. before, "--", .. command]).Command.SequenceEqual(command), $"seed {Seed}, round {i}");
        }
    }
}
