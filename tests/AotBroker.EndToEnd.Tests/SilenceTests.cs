using Xunit.Sdk;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The search for secrets that follows every test finds what it is there to find.</summary>
public sealed class SilenceTests : IDisposable
{
    private const string Secret = "a-secret-of-this-test-alone";

    private readonly Sandbox _sandbox = new();

    public SilenceTests() => _sandbox.AddSecret(Secret);

    [Theory]
    [InlineData("echo $1 >&2")]
    [InlineData("echo $1; exit 3")]
    [InlineData("mkdir -p $2/cache; echo $1 >$2/cache/some.lock")]
    [InlineData("mkdir -p $2/cache; echo $1 >$2/cache/$1")]
    [InlineData("echo $1 >$2/tmp/left-behind")]
    [InlineData("echo eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.x >&2")]
    [InlineData("echo sk-ant-oat01-0123456789abcdef >&2")]
    [InlineData("mkdir -p $2/cache; echo eyJhbGciOiJub25lIn0.eyJzdWIiOiJub2JvZHkifQ.x >$2/cache/p-0123456789abcdef0123456789abcdef.json")]
    public async Task A_leak_is_found(string leak)
    {
        await RunAsync(leak);

        Assert.ThrowsAny<XunitException>(() => Silence.Check(_sandbox));
    }

    [Theory]
    [InlineData("echo $1")]
    [InlineData("mkdir -p $2/cache; echo sk-ant-oat01-0123456789abcdef >$2/cache/p-0123456789abcdef0123456789abcdef.json")]
    [InlineData("mkdir -p $2/cache/exec/1/credentials; echo sk-ant-oat01-0123456789abcdef >$2/cache/exec/1/credentials/p.json")]
    public async Task What_belongs_there_is_no_leak(string command)
    {
        await RunAsync(command);

        Silence.Check(_sandbox);
    }

    public void Dispose() => _sandbox.Dispose();

    private Task<ProcessResult> RunAsync(string command) =>
        _sandbox.RunAsync(new Launch("-c", command, "sh", Secret, _sandbox.Root) { Program = "/bin/sh" });
}
