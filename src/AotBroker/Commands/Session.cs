using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Helpers;
using AotBroker.Output;
using AotBroker.Profiles;
using AotBroker.Schemas;
using Microsoft.Extensions.Logging;

namespace AotBroker.Commands;

/// <summary>What every command works with.</summary>
internal sealed class Session
{
    private StandardInput? _input;

    public Session(ProcessEnvironment environment, StandardStream output, Reporter reporter, bool verbose, StandardInput? input = null)
    {
        _input = input;
        Environment = environment;
        Output = output;
        Reporter = reporter;
        Log = new StandardErrorLogger(reporter, verbose || environment.Get(Variables.BrokerLog) == "debug");
        Broker = new Broker(environment, reporter, Log, static () => new PinnedHttp());
    }

    public ProcessEnvironment Environment { get; }

    public StandardStream Output { get; }

    /// <summary>What a client says; nothing else reads it.</summary>
    public StandardInput Input => _input ??= new StandardInput(0);

    public Reporter Reporter { get; }

    public ILogger Log { get; }

    public Broker Broker { get; }

    /// <summary>The profile that applies, with its warnings told.</summary>
    public ResolvedProfile Resolve(string? option, string name = "--profile")
    {
        ResolvedProfile profile = ProfileResolver.Resolve(option, Environment, name);
        if (profile.Warnings.Count > 0)
        {
            Warn(profile.File, profile.Warnings);
        }
        Log.ProfileResolved(profile.Name, profile.SelectedBy, profile.IdentityOrigin);
        return profile;
    }

    /// <summary>Tells what a file holds that the broker does not know.</summary>
    public void Warn(string? file, SchemaProblems problems)
    {
        foreach (SchemaProblem problem in problems)
        {
            Reporter.Warning(ErrorCode.UnknownMember, $"{file}: {problem}");
        }
    }

    /// <summary>Writes to standard output.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.OutputFailed"/>.</exception>
    public void Write(ReadOnlySpan<byte> data) => Output.WriteOrThrow(data);
}
