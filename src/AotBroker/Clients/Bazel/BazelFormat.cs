using AotBroker.Exchange;
using AotBroker.Reporting;
using AotBroker.Runtime;

namespace AotBroker.Clients.Bazel;

/// <summary>
/// The answer of a Bazel credential helper's `get`. Bazel before 7.1 passes over <c>expires</c>; 7.1 to 7.3 read it the wrong way
/// round, and so keep nothing and ask for every request, which the cache answers; 7.4 and later keep the answer until then.
/// </summary>
internal sealed class BazelFormat : CredentialFormat
{
    public override string Name => "bazel";

    public override bool IsOffered => false;

    /// <summary>Bazel keeps an answer for 30 minutes (--credential_helper_cache_duration); a minute more, for the way there.</summary>
    public override long? ClientKeepsFor => 31 * 60;

    public override bool Carries(CredentialKind kind) => kind is CredentialKind.Token or CredentialKind.Fields;

    public override byte[] Write(in OutputCredential output)
    {
        JsonLine line = new JsonLine().BeginObject()
            .BeginObject("headers")
            .Strings("Authorization", output.RevealAuthorization())
            .EndObject();
        if (output.EarlyExpiry is { } expiry)
        {
            line.String("expires", Times.Utc(Math.Min(expiry, Times.LastDate)));
        }
        return line.EndObject().ToUtf8();
    }
}
