using AotBroker.Files;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>A machine of a test's own: a home directory, environment variables, a clock, standard output and error.</summary>
internal sealed class Machine : IDisposable
{
    private readonly CapturedStream _output = new();
    private readonly CapturedStream _error = new();

    public Machine()
    {
        Environment = new ProcessEnvironment(name => Variables.GetValueOrDefault(name), Clock, () => Home.Path, () => HostName) { SharedMemory = Home["shm"], SystemTemporary = Home["tmp"] };
        Reporter = new Reporter(_error.Stream, static () => false);
        Variables["HOME"] = Home.Path;
        Variables["AOTBROKER_HOST_METADATA"] = "off";
    }

    public TemporaryDirectory Home { get; } = new();

    /// <summary>At first HOME, and that the host's metadata is not to be asked: no test leaves loopback.</summary>
    public Dictionary<string, string?> Variables { get; } = [];

    public TestClock Clock { get; } = new();

    public string HostName { get; set; } = "test-host";

    public ProcessEnvironment Environment { get; }

    public Reporter Reporter { get; }

    public CapturedStream Output => _output;

    /// <summary>What was written to standard error.</summary>
    public CapturedStream Error => _error;

    /// <summary>Where the cache is as long as nothing but HOME says so.</summary>
    public string CacheDirectory => Home[".cache/aotbroker"];

    public string AnthropicDirectory => Home[".config/anthropic"];

    /// <summary>From here on, no place can hold a cache.</summary>
    public void LeaveNoPlaceForACache()
    {
        Variables["AOTBROKER_CACHE_DIR"] = "/dev/null/cache";
        Home.Write(".cache", "a file");
    }

    /// <summary>A second process on the same machine, with variables of its own.</summary>
    public ProcessEnvironment WithVariables(params (string Name, string? Value)[] changes)
    {
        Dictionary<string, string?> variables = new(Variables);
        foreach ((string name, string? value) in changes)
        {
            variables[name] = value;
        }
        return new ProcessEnvironment(name => variables.GetValueOrDefault(name), Clock, () => Home.Path, () => HostName) { SharedMemory = Home["shm"], SystemTemporary = Home["tmp"] };
    }

    public string WriteBrokerProfile(string name, string json) => Home.Write($".config/aotbroker/profiles/{name}.json", json);

    public string WriteAnthropicProfile(string name, string json) => Home.Write($".config/anthropic/configs/{name}.json", json);

    public Deadline Deadline(double seconds = 30) => Runtime.Deadline.After(TimeSpan.FromSeconds(seconds), Clock);

    public void Dispose()
    {
        Home.Dispose();
        _output.Dispose();
        _error.Dispose();
    }
}
