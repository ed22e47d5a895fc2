using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>
/// Azure Kubernetes Service with workload identity: a webhook projects the service account's token and names its file in a
/// variable. Source: azure-workload-identity.
/// </summary>
internal sealed class AksSource(AksIdentity settings, ProcessEnvironment environment) : ProjectedToken
{
    private const string Name = "aks";
    private const string TokenFile = "AZURE_FEDERATED_TOKEN_FILE";

    public override IdentitySettings Settings => settings;

    protected override string Locate() => environment.Absolute(environment.Get(TokenFile) ?? throw NotSet());

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is AksIdentity own ? new AksSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context) => context.Has(Name, TokenFile)
        ? new FoundIdentity(new AksIdentity(), TokenFile)
        : null;

    private static BrokerException NotSet() => new(
        ErrorCode.IdentityVariablesIncomplete,
        $"the profile asks for AKS's workload identity, but {TokenFile} is not set",
        "label the pod `azure.workload.identity/use: \"true\"` and let it run as the annotated service account",
        "the webhook sets the variable if the cluster has workload identity (`az aks update --enable-oidc-issuer --enable-workload-identity`)");
}
