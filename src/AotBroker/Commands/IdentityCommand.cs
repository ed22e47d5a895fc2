using System.Text;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Evidence;
using AotBroker.Http;
using AotBroker.Reporting;

namespace AotBroker.Commands;

/// <summary>
/// `identity`: who the workload is here, where the identity was looked for, and what its token says. It does not need anything to
/// exchange it for, and the token is not presented to any service.
/// </summary>
internal static class IdentityCommand
{
    /// <returns>0, or the exit code of what is wrong with the identity.</returns>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: the token would be shown on a terminal.</exception>
    public static int Run(IdentityOptions options, Session session)
    {
        if (options.PrintToken && !options.Force && session.Output.IsTerminal)
        {
            throw new BrokerException(
                ErrorCode.Usage,
                "standard output is a terminal, where the token would remain visible: anyone who has it can act as this workload until it expires",
                "pipe it to the program that needs it, or add --force");
        }
        IdentityReport report = IdentityReport.Of(options.Profile, session.Environment, static () => new PinnedHttp());
        if (report.Choice is { } choice)
        {
            session.Warn(choice.File, choice.Warnings);
        }
        if (options.Json)
        {
            session.Write(IdentityJson.Of(report, options.PrintToken));
        }
        else if (!options.PrintToken)
        {
            session.Write(Encoding.UTF8.GetBytes(TextRow.Wrapped(IdentityText.Of(report), session.Output.Width)));
        }
        else if (report.Token is { } token)
        {
            session.Write(Encoding.ASCII.GetBytes(token.Reveal() + "\n"));
        }
        if (report.Problem is { } problem)
        {
            session.Reporter.Error(problem);
        }
        return report.Problem?.ExitCode ?? 0;
    }
}
