using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Docker's helper, to the octet: its clients compare texts.</summary>
public sealed class DockerProtocolTests : IDisposable
{
    private readonly HelperMachine _machine = new();

    public DockerProtocolTests() => _machine.Serve("ghcr", """{"hosts":["ghcr.io","localhost:5000"],"username":"bot"}""");

    public void Dispose() => _machine.Dispose();

    [Theory]
    [InlineData("ghcr.io")]
    [InlineData("https://ghcr.io")]
    [InlineData("https://ghcr.io/v2/\n")]
    [InlineData("localhost:5000")]
    public void Get_answers_for_the_server_as_it_was_named(string server) => Assert.Equal(
        (0, $$"""{"ServerURL":"{{server.Trim()}}","Username":"bot","Secret":"{{_machine.Token}}"}""" + "\n"),
        _machine.Call("docker get", server));

    [Theory]
    [InlineData("docker.io")]
    [InlineData("ghcr.io.evil.example")]
    [InlineData("http://ghcr.io")]
    [InlineData("\0")]
    [InlineData("\ufffd")]
    public void What_no_profile_serves_is_not_found(string server) =>
        Assert.Equal((1, "credentials not found in native keychain\n"), _machine.Call("docker get", server));

    [Theory]
    [InlineData("docker get", "", "no credentials server URL\n")]
    [InlineData("docker get", " \n", "no credentials server URL\n")]
    [InlineData("docker erase", "", "no credentials server URL\n")]
    [InlineData("docker store", """{"Username":"a","Secret":"b"}""", "no credentials server URL\n")]
    [InlineData("docker store", """{"ServerURL":"a","Secret":"b"}""", "no credentials username\n")]
    public void Docker_s_own_texts_are_answered(string line, string input, string output) => Assert.Equal((1, output), _machine.Call(line, input));

    [Fact]
    public void Erase_names_no_token_and_drops_none()
    {
        (_, string before) = _machine.Call("docker get", "ghcr.io");
        _machine.Rotate();

        Assert.Equal((0, ""), _machine.Call("docker erase", "ghcr.io"));
        Assert.Equal((0, before), _machine.Call("docker get", "ghcr.io"));
    }

    /// <summary>Docker's builds ask for the credential of each host that is listed, hand all on, and fail with the first that fails.</summary>
    [Fact]
    public void List_tells_hosts_and_users_of_a_profile_that_was_named_and_of_no_other()
    {
        _machine.Serve("other", """{"hosts":["*.other.example","git.other.example","https://git.other.example/team/","index.docker.io"]}""");

        Assert.Equal((0, "{}\n"), _machine.Call("docker list"));
        Assert.Equal((0, """{"ghcr.io":"bot","localhost:5000":"bot"}""" + "\n"), _machine.Call("docker --profile ghcr list"));
        _machine.Machine.Variables["AOTBROKER_PROFILE"] = "other";
        Assert.Equal((0, """{"git.other.example":"","https://index.docker.io/v1/":""}""" + "\n"), _machine.Call("docker list"));
        _machine.Machine.WriteBrokerProfile("other", """{"identity":{"source":"file","path":"/not/there"},"exchange":{"type":"aws-sts","role_arn":"arn:aws:iam::123456789012:role/a","region":"eu-central-1"},"serves":{"hosts":["ecr.example"]}}""");
        Assert.Equal((0, "{}\n"), _machine.Call("docker list"));
    }

    [Fact]
    public void Version_is_a_line() => Assert.StartsWith("docker-credential-aotbroker (aotbroker) ", _machine.Call("docker version").Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("docker store", """{"ServerURL":"a","Username":"b","Secret":"s3cr3t-value"}""", "AB0201: the broker stores only credentials")]
    [InlineData("docker store", """{"ServerURL":"a","Secret":"s3cr3t-value" """, "AB0201: standard input is not a JSON object")]
    [InlineData("docker store", """{"ServerURL":"a"} x""", "AB0201: standard input is not a JSON object")]
    [InlineData("docker store", "[]", "AB0201: standard input is not a JSON object")]
    [InlineData("docker frob", "", "AB0201: docker has no verb \"frob\"")]
    [InlineData("docker", "", "AB0201: docker was called without a verb")]
    public void Other_errors_are_on_both_streams_and_hold_no_secret(string line, string input, string output)
    {
        (int exitCode, string text) = _machine.Call(line, input);

        Assert.Equal(1, exitCode);
        Assert.StartsWith(output, text, StringComparison.Ordinal);
        Assert.Contains("error[AB0201]", _machine.Machine.Error.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", text + _machine.Machine.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_much_is_refused()
    {
        (int exitCode, string text) = _machine.Call("docker get", new string('x', 200 * 1024));

        Assert.Equal(1, exitCode);
        Assert.StartsWith("AB0201: standard input could not be read: it has more than", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_to_obtain_it_is_printed()
    {
        File.Delete(_machine.Machine.Home["token"]);

        (int exitCode, string text) = _machine.Call("docker get", "ghcr.io");

        Assert.Equal(1, exitCode);
        Assert.StartsWith("AB0402: ", text, StringComparison.Ordinal);
    }
}
