using AotBroker.Commands;

namespace AotBroker.Tests;

/// <summary>What follows `--`, or the first word that is no option, is the command's and is not looked at.</summary>
public sealed class ExecOptionsTests
{
    private static ExecOptions? TryParse(params string[] arguments) => ExecOptions.TryParse(arguments);

    private static void AssertCommand(string expected, ExecOptions? options)
    {
        Assert.NotNull(options);
        Assert.Equal(expected, string.Join(' ', options.Command));
        Assert.Equal(options.Command.Length, options.CommandLength);
    }

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
    public void The_command_is_what_follows(string line, string command)
    {
        ExecOptions? options = TryParse(line.Split(' '));

        AssertCommand(command, options);
        Assert.Null(options!.Profile);
        Assert.False(options.Verbose);
        Assert.False(options.KeepStaticKeys);
        Assert.Equal(TimeSpan.FromSeconds(60), options.Timeout);
    }

    [Theory]
    [InlineData("exec --profile ci --keep-static-keys --timeout 5 --wait 90 --verbose -- true --verbose")]
    [InlineData("exec --profile=ci --keep-static-keys --timeout=5 --wait=90 --verbose -- true --verbose")]
    [InlineData("exec --verbose --wait=90 --timeout 5 --profile=ci --keep-static-keys true --verbose")]
    public void The_options_are_what_stands_before(string line)
    {
        ExecOptions? options = TryParse(line.Split(' '));

        AssertCommand("true --verbose", options);
        Assert.Equal("ci", options!.Profile);
        Assert.True(options.KeepStaticKeys);
        Assert.True(options.Verbose);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(90), options.Wait);
    }

    [Fact]
    public void With_may_be_given_several_times()
    {
        ExecOptions? options = TryParse("exec --with a --verbose --with=b:env -- true --with c".Split(' '));

        AssertCommand("true --with c", options);
        Assert.Equal(["a", "b:env"], options!.With);
        Assert.Null(options.Profile);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("exec --with")]
    [InlineData("exec --with a")]
    [InlineData("exec --with a --")]
    [InlineData("exec")]
    [InlineData("exec --")]
    [InlineData("exec --profile")]
    [InlineData("exec --profile ci")]
    [InlineData("exec --profile ci --")]
    [InlineData("exec --profile= -- true")]
    [InlineData("exec --timeout 0 -- true")]
    [InlineData("exec --timeout 3601 -- true")]
    [InlineData("exec --timeout=x -- true")]
    [InlineData("exec --timeout= -- true")]
    [InlineData("exec --help")]
    [InlineData("exec -h -- true")]
    [InlineData("exec --unknown -- true")]
    [InlineData("exec --verbose=true -- true")]
    [InlineData("exec - true")]
    public void What_is_not_right_is_left_to_System_CommandLine(string line) => Assert.Null(TryParse(line.Split(' ')));

    [Fact]
    public void Empty_arguments_of_the_command_are_kept()
    {
        ExecOptions? options = TryParse("exec", "--", "printf", "", "%s", "");

        Assert.Equal(["printf", "", "%s", ""], options!.Command);
    }

    [Fact]
    public void Whatever_the_command_is_its_words_are_the_last_ones_as_they_came()
    {
        const int Seed = 20300111;
        string[] words = ["--", "--profile", "ci", "--verbose", "--timeout=5", "-h", "--help", "true", "", "@x", "exec", "--keep-static-keys"];
        string[] options = ["--verbose", "--keep-static-keys", "--timeout=5", "--profile=ci"];
        Random random = new(Seed);
        for (int i = 0; i < 5000; i++)
        {
            string[] command = [.. Enumerable.Range(0, random.Next(1, 6)).Select(_ => words[random.Next(words.Length)])];
            string[] before = [.. Enumerable.Range(0, random.Next(4)).Select(_ => options[random.Next(options.Length)])];

            ExecOptions? parsed = TryParse(["exec", .. before, "--", .. command]);

            Assert.True(parsed is not null && parsed.Command.SequenceEqual(command) && parsed.CommandLength == command.Length, $"seed {Seed}, round {i}");
        }
    }
}
