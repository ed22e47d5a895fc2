using System.Globalization;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Publishing;

/// <summary>
/// The process that runs a CI job, if it is an ancestor of this one. Such a worker marks what it starts by a variable, and when
/// the job is over it kills whatever still has that mark, which leaves no time to clean up.
/// </summary>
/// <param name="Process">Its id.</param>
/// <param name="Mark">The variable.</param>
internal readonly record struct JobWorker(int Process, string Mark)
{
    private const int MostAncestors = 64;

    /// <summary>The marks, and the names of the workers' programs: actions/runner (JobExtension.cs) and microsoft/azure-pipelines-agent (JobRunner.cs).</summary>
    private static readonly (string Mark, string Executable)[] s_workers =
    [
        (Variables.RunnerTrackingId, "Runner.Worker"),
        (Variables.AgentProcessLookupId, "Agent.Worker"),
    ];

    /// <returns>The worker; null if this is not such a job, or if the worker cannot be seen from here, as in a container.</returns>
    public static JobWorker? Find(ProcessEnvironment environment)
    {
        foreach ((string mark, string program) in s_workers)
        {
            if (environment.Get(mark) is not null && Above(program) is { } process)
            {
                return new JobWorker(process, mark);
            }
        }
        return null;
    }

    private static int? Above(string program)
    {
        int process = Environment.ProcessId;
        for (int i = 0; i < MostAncestors && process > 1; i++)
        {
            if (Describe(process) is not { } found)
            {
                return null;
            }
            if (found.Executable == program)
            {
                return process;
            }
            process = found.Parent;
        }
        return null;
    }

    /// <summary>A process's name and its parent; proc_pid_stat(5).</summary>
    private static (string Executable, int Parent)? Describe(int process)
    {
        try
        {
            // "7 (name) S 1 ...", where the name may hold anything.
            string line = File.ReadAllText($"/proc/{process.ToString(CultureInfo.InvariantCulture)}/stat");
            int open = line.IndexOf('(', StringComparison.Ordinal);
            int close = line.LastIndexOf(')');
            string[] rest = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return open >= 0 && close > open && rest.Length > 1 && int.TryParse(rest[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parent)
                ? (line[(open + 1)..close], parent)
                : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // It has ended, or this system has no /proc.
        }
    }
}
