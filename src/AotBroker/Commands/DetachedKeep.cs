using System.Globalization;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Publishing;
using AotBroker.Runtime;

namespace AotBroker.Commands;

/// <summary>
/// `keep --detach`: starts `keep` in a session of its own, passes on its output, and ends when it is ready, or with its error. What
/// stays holds nothing of the caller's open, so that no step of a job waits for it.
/// </summary>
internal static class DetachedKeep
{
    /// <summary>Internal, so it is not in the help: `keep` was started by `keep --detach`.</summary>
    public const string Option = "--detached";

    /// <summary>Time for a few small files, and for calling another program.</summary>
    private static readonly TimeSpan LongestHandOver = TimeSpan.FromSeconds(60);

    /// <returns>0 when everything is ready; otherwise the other process's exit code.</returns>
    /// <exception cref="BrokerException">It could not be started, or a signal ended it.</exception>
    public static int Start(KeepOptions options, Session session)
    {
        Libc.HoldStandardStreams();
        session.Within(Session.Longest(options.Timeout, options.Wait) + LongestHandOver);
        JobWorker? worker = JobWorker.Find(session.Environment);
        if (worker is { } found)
        {
            // It would be killed with the job. Instead it notices the job's end, and removes what it published.
            Libc.ChangeVariables([new(found.Mark, null)]);
        }
        int error = Libc.MakePrivatePipe(out int readEnd, out int writeEnd);
        if (error != 0)
        {
            throw NotStarted(Libc.Describe(error));
        }
        Libc.HandOnStandardStreamsOnly();
        Libc.LetChildrenBeWaitedFor();
        error = Libc.StartThisProgram(Arguments(options, options.WatchedProcess ?? worker?.Process), writeEnd, ownSession: true, out int process);
        Libc.Close(writeEnd);
        if (error != 0)
        {
            throw NotStarted(Libc.Describe(error));
        }
        byte[] said = ReadAll(readEnd);
        Libc.Close(readEnd);
        if (said is [.., (byte)'\n'])
        {
            session.Write(said);
            if (!said.AsSpan().StartsWith("{\"problem\":"u8))
            {
                return 0;
            }
        }
        int exitCode = Libc.WaitForChild(process);
        return exitCode > 0 ? exitCode : throw NotStarted("it ended before it was ready");
    }

    private static List<string> Arguments(KeepOptions options, int? watched)
    {
        List<string> arguments = [Product.Name, KeepOptions.Verb, Option];
        AddText("--publish", options.Directory);
        AddText("--profile", options.Profile);
        AddText("--log", options.LogFile);
        AddText("--dotenv", options.HandOn.DotenvFile);
        AddText("--watch-pid", watched?.ToString(CultureInfo.InvariantCulture));
        AddText("--timeout", Seconds(options.Timeout));
        AddText("--wait", Seconds(options.Wait));
        AddSwitch("--github-env", options.HandOn.GitHub);
        AddSwitch("--azure-pipelines", options.HandOn.AzurePipelines);
        AddSwitch("--buildkite", options.HandOn.Buildkite);
        AddSwitch("--json", options.Json);
        AddSwitch("--verbose", options.Verbose);
        return arguments;

        void AddText(string name, string? value)
        {
            if (value is not null)
            {
                arguments.Add($"{name}={value}"); // A value may look like an option.
            }
        }

        void AddSwitch(string name, bool isOn)
        {
            if (isOn)
            {
                arguments.Add(name);
            }
        }
    }

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private static byte[] ReadAll(int descriptor)
    {
        const int Most = 64 * 1024; // A path, a few times.
        byte[] buffer = new byte[Most];
        int length = 0;
        int count;
        while (length < Most && (count = Libc.Read(descriptor, buffer.AsSpan(length))) > 0)
        {
            length += count;
        }
        return buffer[..length];
    }

    private static BrokerException NotStarted(string reason) => new(
        ErrorCode.PublishFailed,
        $"nothing is published: the process that would keep it fresh did not start ({reason})",
        "without --detach, `keep` runs in the foreground");
}
