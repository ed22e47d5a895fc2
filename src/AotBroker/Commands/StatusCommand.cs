using System.Text;
using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Evidence;
using AotBroker.Profiles;
using AotBroker.Reporting;

namespace AotBroker.Commands;

/// <summary>`status`: which credential the broker and each client would use here, and why.</summary>
internal static class StatusCommand
{
    /// <returns>0, or the exit code that `get` would have before it contacts any service.</returns>
    public static int Run(string? profile, bool json, Session session)
    {
        StatusReport report = StatusReport.Of(profile, session.Environment);
        session.Write(json ? StatusJson.Of(report) : Encoding.UTF8.GetBytes(TextRow.Wrapped(StatusText.Of(report, Colour.IsFor(session.Output, session.Environment)), session.Output.Width)));
        if (report.Profile is { } used)
        {
            session.Warn(used.File, used.Warnings);
        }
        if ((report.Cache.IsUsable ? report.Cache.Surprise() : report.Cache.Unusable()) is { } cache)
        {
            session.Reporter.Warning(cache.Code, cache.Message, cache.Hints);
        }
        if (report.Problem is { } problem)
        {
            session.Reporter.Error(problem);
        }
        foreach (string variable in report.StaticKeys)
        {
            string what = session.Environment.Get(variable) is null ? "is set but empty: some clients fail on it" : "is set: clients prefer it to the workload's identity";
            session.Reporter.Warning(ErrorCode.StaticKeyShadows, $"{variable} {what}", "unset it (do not leave it empty), or run the client under `aotbroker exec`");
        }
        bool isAnthropic = report.Profile is LoginProfile or FederatedProfile { Federation: not null };
        if (isAnthropic && ClaudeCodeProvider.Of(session.Environment) is { } chosen)
        {
            session.Reporter.Warning(ErrorCode.StaticKeyShadows, ClaudeCodeProvider.Describe(chosen), $"unset {chosen.Variable} if it is a leftover");
        }
        if (isAnthropic)
        {
            ClaudeCodeSettings.WarnOfForeign(session.Environment, session.Reporter);
        }
        if (BuiltWith.IsPastSupport(session.Environment.Now))
        {
            session.Reporter.Warning(ErrorCode.RuntimeUnsupported, $"the runtime inside this program has had no security updates since {BuiltWith.EndOfSupport}", "install a newer release");
        }
        return report.Problem?.ExitCode ?? 0;
    }
}
