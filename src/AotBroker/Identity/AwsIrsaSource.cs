using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>
/// IAM roles for service accounts, of Amazon EKS: a webhook projects the service account's token and names its file in a
/// variable. Source: amazon-eks-pod-identity-webhook.
/// </summary>
internal sealed class AwsIrsaSource(AwsIrsaIdentity settings, ProcessEnvironment environment) : ProjectedToken
{
    private const string Name = "aws-irsa";
    private const string TokenFile = "AWS_WEB_IDENTITY_TOKEN_FILE";

    public override IdentitySettings Settings => settings;

    protected override string Locate() => environment.Absolute(environment.Get(TokenFile) ?? throw NotSet());

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is AwsIrsaIdentity own ? new AwsIrsaSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context) => context.Has(Name, TokenFile)
        ? new FoundIdentity(new AwsIrsaIdentity(), TokenFile)
        : null;

    private static BrokerException NotSet() => new(
        ErrorCode.IdentityVariablesIncomplete,
        $"the profile asks for the identity of an EKS service account, but {TokenFile} is not set",
        "annotate the pod's service account with `eks.amazonaws.com/role-arn`, and start the pod again",
        "with EKS Pod Identity instead, name the source \"aws-sts\"");
}
