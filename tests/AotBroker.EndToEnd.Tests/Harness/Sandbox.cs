using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// One test's own world: a home, a configuration, a cache and a temporary directory, an environment that holds nothing from
/// outside, the processes that were started in it, and the secrets that were used.
/// </summary>
internal sealed partial class Sandbox : IDisposable
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly List<BrokerProcess> _processes = [];
    private readonly List<Gate> _gates = [];
    private readonly HashSet<string> _secrets = [];

    public Sandbox()
    {
        Root = Directory.CreateTempSubdirectory("aotbroker-e2e-").FullName;
        Home = MakeDirectory("home");
        Config = MakeDirectory("config");
        Temporary = MakeDirectory("tmp");
        Cache = Path.Combine(Root, "cache");
        Environment = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            ["HOME"] = Home,
            ["XDG_CONFIG_HOME"] = Config,
            ["TMPDIR"] = Temporary,
            ["AOTBROKER_CACHE_DIR"] = Cache,
            // No test leaves loopback.
            ["AOTBROKER_HOST_METADATA"] = "off",
        };
        _ = PublishedBinary.Path;
    }

    public string Root { get; }

    public string Home { get; }

    /// <summary>XDG_CONFIG_HOME.</summary>
    public string Config { get; }

    public string Temporary { get; }

    /// <summary>AOTBROKER_CACHE_DIR; the broker makes it.</summary>
    public string Cache { get; }

    /// <summary>What every process of the sandbox gets.</summary>
    public Dictionary<string, string> Environment { get; }

    public IReadOnlyList<BrokerProcess> Processes => _processes;

    public IReadOnlyCollection<string> Secrets
    {
        get
        {
            lock (_secrets)
            {
                return [.. _secrets];
            }
        }
    }

    /// <summary>Files that hold secrets because the test, or another program, put them there.</summary>
    public HashSet<string> SecretFiles { get; } = [];

    /// <summary>What must never show up where it does not belong. Servers that mint add to it, each on a thread of its own.</summary>
    public string AddSecret(string secret)
    {
        lock (_secrets)
        {
            _secrets.Add(secret);
        }

        return secret;
    }

    public string MakeDirectory(string name) => Directory.CreateDirectory(Path.Combine(Root, name)).FullName;

    /// <summary>A file of the sandbox, in a directory that is made if it is missing.</summary>
    public string WriteFile(string name, string content, UnixFileMode mode = OwnerOnlyFile)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (mode.HasFlag(UnixFileMode.UserExecute))
        {
            ExecutableFile.Write(path, Encoding.UTF8.GetBytes(content), mode);
            return path;
        }

        File.WriteAllText(path, content);
        File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>Writes an identity token's file, by rename as platforms do, and remembers the token as a secret.</summary>
    public string WriteIdentity(string token, string name = "identity/token")
    {
        var path = WriteFile(name + ".new", token);
        File.Move(path, path[..^".new".Length], overwrite: true);
        path = path[..^".new".Length];
        SecretFiles.Add(path);
        AddSecret(token.Trim());
        return path;
    }

    /// <summary>A profile of the broker's own.</summary>
    public string WriteProfile(string name, JsonNode profile) => WriteFile($"config/aotbroker/profiles/{name}.json", profile.ToJsonString());

    /// <summary>Starts the broker.</summary>
    public BrokerProcess Start(params string[] arguments) => Start(new Launch(arguments));

    public BrokerProcess Start(Launch launch)
    {
        var process = BrokerProcess.Start(launch, Environment);
        _processes.Add(process);
        return process;
    }

    /// <summary>Runs the broker to its end.</summary>
    public Task<ProcessResult> RunAsync(params string[] arguments) => Start(arguments).WaitAsync();

    public Task<ProcessResult> RunAsync(Launch launch) => Start(launch).WaitAsync();

    /// <summary>Runs a shell script given as octets: for what C# strings cannot say.</summary>
    public Task<ProcessResult> RunScriptAsync(string script, IReadOnlyDictionary<string, string?>? variables = null)
    {
        var path = WriteFile($"scripts/{Path.GetRandomFileName()}.sh", script);
        return RunAsync(new Launch(path, PublishedBinary.Path)
        {
            Program = "/bin/sh",
            Variables = variables ?? new Dictionary<string, string?>(),
        });
    }

    /// <summary>Starts several at the same instant, and waits for all.</summary>
    public async Task<ProcessResult[]> RunTogetherAsync(int count, Func<int, Launch> launch)
    {
        var gate = NewGate();
        var started = Enumerable.Range(0, count).Select(i => Start(launch(i) with { Gate = gate })).ToArray();
        await gate.OpenWhenAsync(count);
        return await Task.WhenAll(started.Select(process => process.WaitAsync()));
    }

    public Gate NewGate()
    {
        var gate = new Gate(Root);
        _gates.Add(gate);
        return gate;
    }

    /// <summary>The cache's entries: the files that may hold a credential.</summary>
    public IReadOnlyList<string> EntryFiles => Directory.Exists(Cache)
        ? [.. Directory.GetFiles(Cache).Where(path => IsEntry(Path.GetFileName(path))).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The cache's one entry.</summary>
    public string EntryFile => Assert.Single(EntryFiles);

    public static bool IsEntry(string name) => EntryName().IsMatch(name);

    /// <summary>The records of presented identity tokens.</summary>
    public IReadOnlyList<string> RecordFiles => Directory.Exists(Cache)
        ? [.. Directory.GetFiles(Cache).Where(path => IsRecord(Path.GetFileName(path))).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The one record.</summary>
    public string RecordFile => Assert.Single(RecordFiles);

    public static bool IsRecord(string name) => RecordName().IsMatch(name);

    /// <summary>Where the record of another token will be, for the endpoint of a record that is there.</summary>
    public string RecordOf(string token) => Path.Combine(Cache, $"presented-{TokenDigest.Of(token)}-{RecordFiles[0].Split('-')[^1]}");

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Dispose();
        }

        foreach (var gate in _gates)
        {
            gate.Dispose();
        }

        Directory.Delete(Root, recursive: true);
    }

    [GeneratedRegex(@"^(?!presented-)[A-Za-z0-9_.-]+-[0-9a-f]{32}\.json$")]
    private static partial Regex EntryName();

    [GeneratedRegex(@"^presented-[0-9a-f]{64}-[0-9a-f]{32}\.json$")]
    private static partial Regex RecordName();
}
