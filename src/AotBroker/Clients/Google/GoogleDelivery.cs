using AotBroker.Exchange;
using AotBroker.Profiles;

namespace AotBroker.Clients.Google;

/// <summary>An external account file that calls the broker for the identity token, which Google's library exchanges by itself.</summary>
internal sealed class GoogleDelivery : Delivery
{
    public override string Name => "google";

    public override long? ClientKeepsFor => null;

    public override bool IsExclusive => true;

    public override bool HasFiles => true;

    public override bool Supports(ResolvedProfile profile) => profile is FederatedProfile { Exchange: GoogleFederationExchange };

    /// <summary>What gcloud and Terraform prefer to a file.</summary>
    public override string[] Shadowing(ResolvedProfile profile) =>
        ["GOOGLE_CREDENTIALS", "GOOGLE_OAUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN", "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE"];

    public override ResolvedProfile Source(ResolvedProfile profile) => ((FederatedProfile)profile).ForClientsThatExchange ?? profile;

    public override void HandOver(IReadOnlyList<CommandCredential> credentials, ChildEnvironment child)
    {
        string name = credentials[0].Name;
        string file = child.Write("google/credentials.json", GoogleCredentials.File(credentials[0].Profile));
        child.Set("GOOGLE_APPLICATION_CREDENTIALS", file, name);
        child.Set("GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1", name);
        // gcloud looks nowhere else for what is only in a file.
        child.Set("CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE", file, name);
    }
}
