using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Flights;
using AotBroker.Http;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using Microsoft.Extensions.Logging;

namespace AotBroker.Brokering;

/// <summary>What every command works with.</summary>
internal sealed class Session
{
    private readonly LastBound? _bound;
    private StandardInput? _input;

    public Session(ProcessEnvironment environment, StandardStream output, Reporter reporter, bool verbose, StandardInput? input = null, LastBound? bound = null)
    {
        _input = input;
        _bound = bound;
        Environment = environment;
        Output = output;
        Reporter = reporter;
        Log = new StandardErrorLogger(reporter, verbose || environment.Get(Variables.BrokerLog) == "debug");
        Broker = new Broker(environment, reporter, Log, Network);
    }

    /// <summary>How long a caller waits if it does not say: botocore, Go and client-go give a helper a minute.</summary>
    public static TimeSpan DefaultTimeout => TimeSpan.FromSeconds(60);

    public ProcessEnvironment Environment { get; }

    public StandardStream Output { get; }

    /// <summary>Whether something was written to it.</summary>
    public bool HasWritten { get; private set; }

    /// <summary>A client's request; nothing else reads it.</summary>
    public StandardInput Input => _input ??= new StandardInput(0);

    public Reporter Reporter { get; }

    public ILogger Log { get; }

    public Broker Broker { get; }

    /// <summary>
    /// A credential for the profile, as the broker obtains it. Once other machines or programs are asked, this process has a last bound.
    /// </summary>
    /// <exception cref="BrokerException">There is none.</exception>
    public Credential Obtain(ResolvedProfile profile, Freshness freshness, TimeSpan timeout, TimeSpan wait = default)
    {
        _bound?.Allow(Longest(timeout, wait));
        try
        {
            return Broker.Obtain(profile, freshness, timeout, wait);
        }
        finally
        {
            _bound?.Lift();
        }
    }

    /// <summary>How long a credential may take: after a wait for another identity token, one more exchange may begin.</summary>
    public static TimeSpan Longest(TimeSpan timeout, TimeSpan wait) => wait > TimeSpan.Zero ? timeout + wait + timeout : timeout;

    /// <summary>The way to the network, where work begins that others can keep from ending.</summary>
    public PinnedHttp Network()
    {
        _bound?.Begin();
        return new PinnedHttp();
    }

    /// <summary>This process has a last bound from here on, until it writes its output.</summary>
    public Session Within(TimeSpan limit)
    {
        _bound?.Allow(limit);
        _bound?.Begin();
        return this;
    }

    /// <summary>The profile that applies, after its warnings have been shown.</summary>
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

    /// <summary>Warns about members of a file that the broker does not know.</summary>
    public void Warn(string? file, SchemaProblems problems)
    {
        foreach (SchemaProblem problem in problems)
        {
            Reporter.Warning(ErrorCode.UnknownMember, $"{file}: {problem}");
        }
    }

    /// <summary>Writes to standard output, whose reader may take its time: no lock is held by now.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.OutputFailed"/>.</exception>
    public void Write(ReadOnlySpan<byte> data)
    {
        _bound?.Lift();
        HasWritten = true;
        Output.WriteOrThrow(data);
    }
}
