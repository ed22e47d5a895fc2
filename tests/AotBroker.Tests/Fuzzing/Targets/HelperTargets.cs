using System.Text;
using AotBroker.Errors;
using AotBroker.Files;

namespace AotBroker.Tests.Fuzzing;

/// <summary>What a client writes to a helper's standard input; the profile serves one host, and no other gets its token.</summary>
internal abstract class HelperTarget(string line) : FuzzTarget
{
    protected HelperMachine Client { get; } = Serving();

    public override IEnumerable<string> Words => ["https://", "http://", "app.example", "evil.example", "@", "*.", "..", "/", "%2e", ":443", "\n", "\r", "\0", "\\"];

    /// <summary>Whether the input asks for what the profile serves; what does not must get nothing.</summary>
    protected abstract bool MayAskForServed(string input);

    public override string Run(byte[] input)
    {
        try
        {
            (int exitCode, string output) = Client.Call(line.Split(' '), input);
            bool isHanded = output.Contains(Client.Token, StringComparison.Ordinal);
            Assert.True(!isHanded || MayAskForServed(Encoding.UTF8.GetString(input)), $"handed to {Encoding.UTF8.GetString(input)}");
            return $"{exitCode} {isHanded} {output.Length > 0} {(isHanded ? "" : output)}";
        }
        catch (BrokerException error) when (error.Code == ErrorCode.Usage)
        {
            return Fate(error);
        }
    }

    public override void Dispose()
    {
        Client.Dispose();
        base.Dispose();
    }

    protected static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static HelperMachine Serving()
    {
        HelperMachine machine = new();
        machine.Serve("host", """{"hosts":["app.example"]}""");
        return machine;
    }
}

internal sealed class DockerInputTarget() : HelperTarget("docker get")
{
    public override IEnumerable<byte[]> Seeds => [Utf8("app.example"), Utf8("https://app.example/v2/\n"), Utf8("other.example"), Utf8("")];

    protected override bool MayAskForServed(string input) => Uri.TryCreate(input.Trim().Contains("://", StringComparison.Ordinal) ? input.Trim() : "https://" + input.Trim(), UriKind.Absolute, out Uri? uri) && uri.Host == "app.example";
}

internal sealed class DockerStoreTarget() : HelperTarget("docker store")
{
    public override IEnumerable<byte[]> Seeds => [Utf8($$"""{"ServerURL":"a","Username":"b","Secret":"{{Secrets[0]}}"}"""), Utf8("""{"ServerURL":"a"}"""), Utf8("{}"), Utf8("[")];

    protected override bool MayAskForServed(string input) => false;
}

internal sealed class GitInputTarget() : HelperTarget("git get")
{
    public override IEnumerable<byte[]> Seeds =>
    [
        Utf8("protocol=https\nhost=app.example\n\n"),
        Utf8("capability[]=authtype\nprotocol=https\nhost=app.example\npath=a/b\nusername=c\nwwwauth[]=Bearer\n"),
        Utf8("protocol=https\nhost=other.example\n"),
    ];

    public override IEnumerable<string> Words => [.. base.Words, "protocol=", "host=", "path=", "wwwauth[]=", "capability[]=authtype"];

    protected override bool MayAskForServed(string input)
    {
        string? host = null;
        foreach (string line in input.Split('\n').TakeWhile(static line => line.Length > 0).Where(static line => line.StartsWith("host=", StringComparison.Ordinal)))
        {
            host = line["host=".Length..];
        }
        return host is not null && Uri.TryCreate($"https://{host}/", UriKind.Absolute, out Uri? uri) && uri is { Host: "app.example", Port: 443 };
    }
}

internal sealed class GitEraseTarget() : HelperTarget("git erase")
{
    private const string Host = "protocol=https\nhost=app.example\n";

    public override IEnumerable<byte[]> Seeds => [Utf8($"{Host}password={Client.Token}\n"), Utf8($"{Host}credential=x\n"), Utf8("x")];

    public override IEnumerable<string> Words => [.. base.Words, Client.Token, "password=", "credential=", "host="];

    protected override bool MayAskForServed(string input) => false;

    public override string Run(byte[] input)
    {
        Client.Call("git get", Host);
        string fate = base.Run(input);
        bool isDropped = !Directory.EnumerateFiles(Client.Machine.CacheDirectory, "*.json").Any(static path => !Path.GetFileName(path).StartsWith("presented-", StringComparison.Ordinal));
        Assert.True(!isDropped || Encoding.UTF8.GetString(input).Contains("=" + Client.Token, StringComparison.Ordinal));
        return $"{fate} {isDropped}";
    }
}

internal sealed class CargoInputTarget() : HelperTarget("cargo --cargo-plugin")
{
    public override IEnumerable<byte[]> Seeds =>
    [
        Utf8("""{"v":1,"registry":{"index-url":"sparse+https://app.example/"},"kind":"get","args":[]}""" + "\n"),
        Utf8("""{"v":1,"registry":{"index-url":"https://other.example/"},"kind":"get"}""" + "\n"),
        Utf8("""{"v":1,"registry":{},"kind":"login"}"""),
    ];

    protected override bool MayAskForServed(string input) => input.Contains("example", StringComparison.OrdinalIgnoreCase) || input.Contains('\\', StringComparison.Ordinal);
}

internal sealed class BazelInputTarget() : HelperTarget("bazel get")
{
    public override IEnumerable<byte[]> Seeds => [Utf8("""{"uri":"https://app.example/a?b"}"""), Utf8("""{"uri":"https://other.example/"}"""), Utf8("{}")];

    protected override bool MayAskForServed(string input) => input.Contains("example", StringComparison.OrdinalIgnoreCase) || input.Contains('\\', StringComparison.Ordinal);
}

internal sealed class GoAnswerTarget() : HelperTarget("goauth https://app.example/x")
{
    private const long Age = 61;

    public override IEnumerable<byte[]> Seeds => [Utf8("HTTP/1.1 401 Unauthorized\r\nDate: x\r\n\r\n"), Utf8("HTTP/1.1 404 Not Found\n"), Utf8(""), Utf8(new string('x', 200_000))];

    protected override bool MayAskForServed(string input) => true;

    public override string Run(byte[] input)
    {
        Client.Call("goauth https://app.example/x");
        Client.Rotate();
        Client.Machine.Clock.Advance(Age);
        string fate = base.Run(input);
        Client.Machine.Clock.Advance(-Age);
        bool isNew = fate.StartsWith("0 True", StringComparison.Ordinal);
        Assert.True(!isNew || Encoding.UTF8.GetString(input).Contains(" 401", StringComparison.Ordinal));
        return fate;
    }
}
