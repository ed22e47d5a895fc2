using System.Globalization;
using AotBroker.Errors;
using AotBroker.Identity;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>What a flight says of a token that was presented, or may have been: the cause that was seen, and no other.</summary>
internal sealed class FlightMessages(FederatedProfile profile, IIdentityTokenProvider provider, ProcessEnvironment environment)
{
    /// <summary>The service keeps its reason to itself; what the records say is the best there is.</summary>
    public BrokerException WithHistory(BrokerException error, Reservation? reservation)
    {
        string history = reservation switch
        {
            { Earlier: { } earlier } => $"this token had been presented before, by process {earlier.ProcessId} {Times.Ago(earlier.PresentedAt, environment.Now)}: most likely it was spent then (`jti_reused`), and a new one is needed",
            { Verdict: Verdict.Second } => "this token may have been presented before, which would explain it (`jti_reused`): the records of presented tokens are lost",
            { Unrecorded: not null } => "whether this token was presented before (`jti_reused`) is not known here: presentations could not be recorded",
            null => "this token was made for this exchange, and was not presented before",
            _ => "no process that shares this cache had presented this token before; one that exchanges by itself, without the broker, may have (`jti_reused`)",
        };
        return new BrokerException(error.Code, error.Message, [.. error.Hints, history]);
    }

    public string SecondPresentation(PresentedToken? earlier) => $"the identity token from {provider.Description} " + (earlier is null
        ? "may be presented a second time: the record of its first presentation cannot be read"
        : $"is presented a second time: process {earlier.ProcessId} presented it {Times.Ago(earlier.PresentedAt, environment.Now)}, and the result is not known");

    public string Unrecorded(string reason) =>
        $"the identity token from {provider.Description} may have been presented by another process, and may be again: this presentation could not be recorded: {reason}";

    public BrokerException AlreadyPresented(IdentityToken identity, PresentedToken? earlier)
    {
        IReadOnlyList<string> hints = Rotation.Hints(provider, identity, environment.Now);
        if (earlier is null)
        {
            return new BrokerException(
                ErrorCode.IdentityAlreadyPresented,
                $"the identity token from {provider.Description} was already {Done} by another process; the result is not known here: its record has no space for that, or a newer version of the broker wrote it",
                hints);
        }
        string outcome = earlier.Outcome switch
        {
            PresentedTokenOutcome.Granted when !profile.Exchange.Presents => "handed out",
            PresentedTokenOutcome.Granted => "gave a credential",
            PresentedTokenOutcome.Refused => $"was refused (HTTP {earlier.Status?.ToString(CultureInfo.InvariantCulture) ?? "?"}{(earlier.RequestId is { } id ? $", request {id}" : "")})",
            _ => $"got no answer that tells its result{(earlier.Status is { } status ? $" (HTTP {status.ToString(CultureInfo.InvariantCulture)})" : "")}, twice",
        };
        string whatCameOfIt = profile.Exchange.Presents ? $", and {outcome}" : "";
        return new BrokerException(
            ErrorCode.IdentityAlreadyPresented,
            $"the identity token from {provider.Description} was already {Done} {Times.Ago(earlier.PresentedAt, environment.Now)} by process {earlier.ProcessId} for profile \"{earlier.Profile}\"{whatCameOfIt}; it may be {Done} only once",
            [.. hints, earlier.Profile == profile.Name
                ? "a changed setting needs a new token; so does a cleared cache"
                : $"if the profiles \"{profile.Name}\" and \"{earlier.Profile}\" differ in more than their names, each needs a token of its own"]);
    }

    public BrokerException NewerVersion(string path) => new(
        ErrorCode.IdentityAlreadyPresented,
        $"a newer version of the broker keeps {path}, which this one cannot read: the identity token from {provider.Description} may have been presented by it",
        "use one version of the broker in a job; the newer one serves what is in the cache");

    public BrokerException OtherPresents(PresentedToken? earlier, Deadline deadline) => new(
        ErrorCode.LockTimedOut,
        $"{(earlier is null ? "another process" : $"process {earlier.ProcessId}")} is presenting the identity token from {provider.Description}, and this one could not wait longer ({deadline.Length.TotalSeconds:0.###} s)",
        "allow more time with `--timeout SECONDS` (of `get`, `exec` and `keep`)");

    private string Done => profile.Exchange.Presents ? "presented" : "handed out";
}
