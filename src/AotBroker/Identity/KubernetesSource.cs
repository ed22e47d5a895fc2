using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>A token that Kubernetes projects into the container as a file: for one service account and one audience.</summary>
internal sealed class KubernetesSource(KubernetesIdentity settings, ProcessEnvironment environment) : ProjectedToken
{
    /// <summary>
    /// Where a token for the broker is looked for. Never the API server's own (…/kubernetes.io/serviceaccount/token), which is
    /// in nearly every pod: that one is a key to the cluster, for the API server alone.
    /// </summary>
    public const string DefaultPath = "/var/run/secrets/aotbroker/token";

    private const string Name = "kubernetes";

    /// <summary>Set in every container of every pod.</summary>
    private const string ApiServer = "KUBERNETES_SERVICE_HOST";

    public override IdentitySettings Settings => settings with { Path = Path };

    protected override string Locate() => environment.Absolute(settings.Path);

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is KubernetesIdentity own ? new KubernetesSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context) => Detect(context, DefaultPath);

    /// <param name="context">The variables.</param>
    /// <param name="path">Where the token would be.</param>
    public static FoundIdentity? Detect(DetectionContext context, string path)
    {
        // The file system is asked inside Kubernetes alone: this is part of every hit.
        if (!context.Has(Name, ApiServer))
        {
            return null;
        }
        return Exists(path)
            ? new FoundIdentity(new KubernetesIdentity { Path = path }, path)
            : context.Without(Name, $"{path} does not exist");
    }

    /// <summary>Whether this is a container of a pod, whose identity is not that of the machine it runs on.</summary>
    public static bool IsPod(ProcessEnvironment environment) => environment.Get(ApiServer) is not null;

    /// <summary>Whether there is such a file, be it one that may not be read: then the reading says so.</summary>
    private static bool Exists(string path)
    {
        int descriptor = Libc.OpenToRead(path, followLinks: true);
        if (descriptor >= 0)
        {
            Libc.Close(descriptor);
        }
        return descriptor is not (-Libc.ErrorNoEntry or -Libc.ErrorNotDirectory);
    }
}
