using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>
/// IAM roles for service accounts, of Amazon EKS: a webhook projects the service account's token and names its file in a
/// variable. Source: amazon-eks-pod-identity-webhook.
/// </summary>
internal static class AwsIrsaIdentityTokenProvider
{
    private const string Name = "aws-irsa";
    private const string TokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE";

    public static IIdentityTokenProvider Of(ProcessEnvironment environment) =>
        new KubernetesIdentityTokenProvider(environment.Absolute(environment.Get(TokenFile) ?? throw NotSet()));

    public static FoundIdentity? Detect(Surroundings surroundings) => surroundings.Has(Name, TokenFile)
        ? new FoundIdentity(new AwsIrsaIdentity(), TokenFile)
        : null;

    private static BrokerException NotSet() => new(
        ErrorCode.IdentityVariablesIncomplete,
        $"the profile asks for the identity of an EKS service account, but {TokenFile} is not set",
        "annotate the pod's service account with `eks.amazonaws.com/role-arn`, and start the pod again",
        "with EKS Pod Identity instead, name the source \"aws-sts\"");
}
