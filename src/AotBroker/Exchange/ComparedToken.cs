using AotBroker.Errors;
using AotBroker.Identity;

namespace AotBroker.Exchange;

/// <summary>What a person compares with what a service trusts, where the service refuses a token.</summary>
internal static class ComparedToken
{
    private const int LongestClaim = 200;

    /// <summary>Hints: who the token says it is, which job that is, and which form its subject has, as far as there is something to say.</summary>
    /// <param name="identity">The token.</param>
    /// <param name="more">What comes after them.</param>
    public static List<string> Hints(IdentityToken identity, params ReadOnlySpan<string> more) => [CredentialEndpoint.Compared(identity), .. OfJob(identity), .. more];

    /// <summary>The same without the first, for where that is said in other words.</summary>
    public static List<string> OfJob(IdentityToken identity)
    {
        List<string> hints = [];
        List<string> claims = WorkflowClaims.Of(identity).ConvertAll(static claim => $"{claim.Name} {(claim.Value is { } value ? $"\"{Redaction.Shorten(value, LongestClaim)}\"" : "(none)")}");
        if (claims.Count > 0)
        {
            hints.Add("of the job, it has " + string.Join(", ", claims));
        }
        if (WorkflowClaims.FormOfSubject(identity) is { } form)
        {
            hints.Add(form);
        }
        return hints;
    }
}
