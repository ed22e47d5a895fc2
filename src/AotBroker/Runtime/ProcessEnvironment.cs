using AotBroker.Errors;
using AotBroker.Interop;

namespace AotBroker.Runtime;

/// <summary>Supplies variables, the working directory, the machine's name and the time: a parameter, so that tests can supply their own.</summary>
internal sealed class ProcessEnvironment(Func<string, string?> variables, TimeProvider clock, Func<string> workingDirectory, Func<string> hostName, Func<List<string>>? names = null)
{
    public static ProcessEnvironment OfThisProcess() =>
        new(static name => Environment.GetEnvironmentVariable(name) ?? Libc.RuntimeVariable(name), TimeProvider.System, static () => Environment.CurrentDirectory, static () => Environment.MachineName, NamesOfThisProcess);

    public TimeProvider Clock => clock;

    /// <summary>A directory in memory in which every user may create files. Tests supply their own.</summary>
    public string SharedMemory { get; init; } = "/dev/shm";

    /// <summary>The system's directory for temporary files. Tests supply their own.</summary>
    public string SystemTemporary { get; init; } = "/tmp";

    /// <summary>Now, in Unix seconds.</summary>
    public long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The machine's name, or the container's or the pod's: gethostname(2).</summary>
    public string HostName => hostName();

    /// <summary>A variable's value. One that is set but empty counts as unset, as in Anthropic's TypeScript SDK.</summary>
    public string? Get(string name)
    {
        string? value = variables(name);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>The first of these variables that is set; null if none is.</summary>
    public string? FirstSet(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Get(name) is not null)
            {
                return name;
            }
        }
        return null;
    }

    /// <summary>The names of all variables, only for hints.</summary>
    public List<string> Names => names?.Invoke() ?? [];

    /// <summary>Whether the variable is set, even to an empty value.</summary>
    public bool IsSet(string name) => variables(name) is not null;

    /// <summary>The working directory; null if it is gone, or cannot be determined.</summary>
    public string? WorkingDirectory
    {
        get
        {
            try
            {
                return workingDirectory();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }
    }

    /// <exception cref="BrokerException">The path is relative, and the working directory is gone.</exception>
    public string Absolute(string path)
    {
        if (path.StartsWith('/'))
        {
            return path;
        }
        try
        {
            return Path.GetFullPath(path, workingDirectory());
        }
        catch (IOException)
        {
            throw new BrokerException(ErrorCode.SettingInvalid, "a path in the configuration is relative, and the working directory is gone", "write it as an absolute path, or change to a directory that exists");
        }
    }

    private static List<string> NamesOfThisProcess()
    {
        List<string> all = [];
        foreach (object name in Environment.GetEnvironmentVariables().Keys)
        {
            all.Add((string)name);
        }
        return all;
    }
}
