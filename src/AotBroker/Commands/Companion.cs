using System.Globalization;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Publishing;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Commands;

/// <summary>
/// The process beside a command that `exec` became: it keeps what was published fresh, and removes it when the command has
/// ended, however it ended.
/// </summary>
/// <remarks>
/// `exec` cannot stay: the command is to have its process id. So this very program is started again, twice: the first ends
/// at once, and the second, in a session of its own, is no child of the command, which would be surprised to find one, and
/// gets none of its terminal's signals. It says that it watches before `exec` goes on.
/// </remarks>
internal static class Companion
{
    /// <summary>Not for people: it is not in the help.</summary>
    public const string Verb = "companion";

    private const string Detach = "detach";
    private const string Stay = "stay";

    /// <summary>The verb, which of the two, the command's process id, the directory.</summary>
    private const int Fixed = 4;

    /// <summary>How it is handed over, the profile option, when it was issued, and when it expires.</summary>
    private const int PerCredential = 4;

    private const int StandardInput = 0;
    private const int StandardOutput = 1;
    private const int StandardError = 2;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(10);

    /// <summary>Starts the companion of this process, which is about to become a command.</summary>
    /// <returns>Null; or why there is none.</returns>
    /// <param name="directory">The command's, to be removed in the end.</param>
    /// <param name="credentials">What the command was handed.</param>
    /// <param name="self">This process.</param>
    public static string? Start(CommandDirectory directory, IReadOnlyList<CommandCredential> credentials, IOwnProcess self)
    {
        int error = Libc.MakePipe(out int readEnd, out int writeEnd);
        if (error != 0)
        {
            return Libc.Describe(error);
        }
        try
        {
            List<string> arguments = [Product.Name, Verb, Detach, Text(self.Id), directory.Path];
            foreach (CommandCredential one in credentials)
            {
                if (one.IsKept)
                {
                    arguments.AddRange([one.Delivery.Name, one.Option ?? "", Text(one.Credential.IssuedAt), Text(one.Credential.ExpiresAt)]);
                }
            }
            error = self.StartThisProgram(arguments, writeEnd, ownSession: false, out int process);
            Libc.Close(writeEnd);
            writeEnd = -1;
            if (error != 0)
            {
                return Libc.Describe(error);
            }
            self.WaitForChild(process);
            return IsReady(readEnd) ? null : "it ended, or was not ready in time";
        }
        finally
        {
            Libc.Close(readEnd);
            if (writeEnd >= 0)
            {
                Libc.Close(writeEnd);
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static bool IsReady(int readEnd)
    {
        Span<byte> word = stackalloc byte[1];
        return Libc.IsReadable(readEnd, LongestStart) && Libc.Read(readEnd, word) == 1;
    }

    /// <summary>Whether these are the arguments of a companion.</summary>
    public static bool Is(ReadOnlySpan<string> arguments) => arguments is [Verb, Detach or Stay, _, _, ..] && (arguments.Length - Fixed) % PerCredential == 0;

    /// <summary>What a companion does.</summary>
    /// <param name="arguments">Those that <see cref="Is"/> took.</param>
    /// <param name="session">With the variables that `exec` had.</param>
    /// <param name="self">This process.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: the directory is not that command's.</exception>
    public static int Run(ReadOnlySpan<string> arguments, Session session, IOwnProcess self)
    {
        if (arguments[1] == Detach)
        {
            self.HandOnStandardStreamsOnly();
            return self.StartThisProgram([Product.Name, Verb, Stay, .. arguments[2..]], StandardOutput, ownSession: true, out _);
        }
        // Whoever ends a whole group of processes means the command; the companion ends after it.
        self.IgnoreTermination();
        using ProcessWatch watch = self.Watch((int)Number(arguments[2]));
        CommandDirectory directory = CommandDirectory.Of(arguments[3]);
        if (!CommandDirectories.IsOf(directory.Path, (int)Number(arguments[2])))
        {
            throw new BrokerException(ErrorCode.Usage, "only `exec` calls this verb", $"see `{Product.Name} exec --help`");
        }
        List<KeptCredential> kept = [];
        for (ReadOnlySpan<string> rest = arguments[Fixed..]; !rest.IsEmpty; rest = rest[PerCredential..])
        {
            kept.Add(Kept(rest, directory.Path, session.Environment));
        }
        using FlightLock? gate = KeepIfPossible(directory);
        Keeper keeper = new(kept, session.Broker, session.Environment, session.Reporter, watch);
        _ = session.Output.Write("\n"u8);
        self.Discard(StandardInput);
        self.Discard(StandardOutput);
        keeper.Run();
        directory.Remove();
        // Whoever reads the command's standard error to its end need not wait for what is left to do.
        self.Discard(StandardError);
        keeper.LetFinish();
        return 0;
    }

    private static KeptCredential Kept(ReadOnlySpan<string> words, string directory, ProcessEnvironment environment)
    {
        string? option = words[1].Length == 0 ? null : words[1];
        ResolvedProfile profile = ProfileResolver.Resolve(option, environment);
        CommandCredential handed = new(profile, option, Deliveries.Choose(words[0], profile));
        Credential published = new() { IssuedAt = Number(words[2]), ExpiresAt = Number(words[3]) };
        return new KeptCredential(profile, published, credential => (handed with { Credential = credential }).Renew(directory, environment));
    }

    /// <summary>Without the lock, the next one that sweeps goes by the command's process id.</summary>
    private static FlightLock? KeepIfPossible(CommandDirectory directory)
    {
        try
        {
            return CommandDirectories.Keep(directory.Path);
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            return null;
        }
    }

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
}
