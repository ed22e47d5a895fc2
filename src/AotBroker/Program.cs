using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Commands;
using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Reporting;
using AotBroker.Runtime;

namespace AotBroker;

/// <summary>Arguments to command to exit code.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        Libc.HideMemory();
        ProcessEnvironment environment = ProcessEnvironment.OfThisProcess();
        Reporter reporter = new(StandardStream.Error, () => Colour.IsFor(StandardStream.Error, environment));
        try
        {
            if (HelperCall.OfLink(Environment.GetCommandLineArgs() is [{ } name, ..] ? name : "", arguments) is { } linked)
            {
                return linked.Run(new Session(environment, StandardStream.Out, reporter, linked.Verbose, bound: new LastBound()));
            }
            // Their options are in the table of commands; a hit does not look through the clients.
            if (arguments is not [GetOptions.Verb or ExecOptions.Verb, ..] && HelperCall.OfName(arguments) is { } helper)
            {
                return helper.Run(new Session(environment, StandardStream.Out, reporter, helper.Verbose, bound: new LastBound()));
            }
            if (Companion.Is(arguments))
            {
                return Companion.Run(arguments, new Session(environment, StandardStream.Out, reporter, verbose: false), OwnProcess.Instance);
            }
            return CommandLine.Run(arguments, environment, reporter, bound: new LastBound());
        }
        catch (BrokerException error)
        {
            reporter.Error(error);
            return error.ExitCode;
        }
        catch (Exception error)
        {
            // Its text is not ours, so it is not shown: it could hold anything.
            reporter.Error(
                ErrorCode.Internal,
                $"an error that should not happen: {error.GetType().Name}",
                ["run the command again with --verbose, and report what it prints with the output of `aotbroker version`"]);
            return (int)ErrorCode.Internal / 100;
        }
    }
}
