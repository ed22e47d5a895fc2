using System.Text;
using Xunit.Sdk;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The search for secrets that follows every test finds what it is there to find.</summary>
public sealed class SilenceTests : IDisposable
{
    /// <summary>As a token of three parts, the last with what encodings change.</summary>
    private const string Secret = "head-of-a-token-of-this-test.body-of-a-token-of-this-test." + Signature;

    private const string Signature = "signature+of/a~token?of>this<test-alone";

    /// <summary>Each place where a secret may leak, as the shell reaches it: $1 is the secret, $2 the sandbox.</summary>
    private static readonly Dictionary<string, string> s_places = new()
    {
        ["standard error"] = "printf '%s\\n' \"$1\" >&2",
        ["a failure's standard output"] = "printf '%s\\n' \"$1\"; exit 3",
        ["a file of the cache"] = "mkdir -p $2/cache; printf %s \"$1\" >$2/cache/some.lock",
        ["an entry"] = "mkdir -p $2/cache; printf %s \"$1\" >$2/cache/p-0123456789abcdef0123456789abcdef.json",
        ["a temporary file of the cache"] = "mkdir -p $2/cache; printf %s \"$1\" >$2/cache/p-0123456789abcdef0123456789abcdef.json.tmp",
        ["a published profile"] = "mkdir -p $2/cache/exec/1/configs; printf %s \"$1\" >$2/cache/exec/1/configs/p.json",
        ["the temporary directory"] = "printf %s \"$1\" >$2/tmp/left-behind",
        ["a file's name"] = "mkdir -p \"$2/cache/$1\"",
        ["a trace of arguments"] = "strace -f -qq -s 9999 -e trace=execve -o $2/trace /bin/true \"$1\"",
    };

    /// <summary>Each form that it may have there.</summary>
    private static readonly Dictionary<string, Func<string, string>> s_forms = new()
    {
        ["as it is"] = secret => secret,
        ["its first part"] = secret => secret.Split('.')[0],
        ["its signature"] = _ => Signature,
        ["base64"] = secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
        ["base64url"] = secret => Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        ["base64 behind a user's name"] = secret => Convert.ToBase64String(Encoding.UTF8.GetBytes("somebody:" + secret)),
        ["base64 behind another name"] = secret => Convert.ToBase64String(Encoding.UTF8.GetBytes("nobody:" + secret)),
        ["percent-encoded"] = Uri.EscapeDataString,
        ["in JSON"] = secret => System.Text.Json.JsonEncodedText.Encode(secret).ToString(),
        ["hexadecimal"] = secret => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(secret)),
    };

    private readonly Sandbox _sandbox = new();

    public SilenceTests() => _sandbox.AddSecret(Secret);

    [StraceFact]
    public async Task A_secret_is_found_in_every_place_and_form()
    {
        var found = 0;
        foreach (var ((place, leak), (form, make)) in s_places.SelectMany(place => s_forms.Select(form => (place, form))))
        {
            using var sandbox = new Sandbox();
            sandbox.AddSecret(Secret);
            await sandbox.RunAsync(new Launch("-c", leak, "sh", make(Secret), sandbox.Root) { Program = "/bin/sh" });

            Assert.True(Record.Exception(() => Silence.Check(sandbox)) is XunitException, $"{place}, {form}: not found");
            found++;
        }

        ReliabilityTable.Check(
            fault: "a secret leaks",
            "planted, to prove the search that follows every end-to-end test, in all that its processes wrote",
            $"{s_places.Count * s_forms.Count}: in {string.Join(", ", s_places.Keys)}; {string.Join(", ", s_forms.Keys)}",
            $"{found} found");
    }

    [Theory]
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
