using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>A token that Kubernetes projects into the container as a file: for one service account and one audience.</summary>
internal sealed class KubernetesIdentityTokenProvider(string path) : IIdentityTokenProvider, IHeldToken
{
    /// <summary>
    /// Where a token for the broker is looked for. Never the API server's own (…/kubernetes.io/serviceaccount/token), which is
    /// in nearly every pod: that one is a key to the cluster, and nobody but the API server may see it.
    /// </summary>
    public const string DefaultPath = "/var/run/secrets/aotbroker/token";

    private const string Name = "kubernetes";

    /// <summary>Set in every container of every pod.</summary>
    private const string ApiServer = "KUBERNETES_SERVICE_HOST";

    private readonly FileIdentityTokenProvider _file = new(path);

    public string Description => "the projected token " + path;

    public TokenSupply Supply => TokenSupply.Cached;

    public bool IsFile => true;

    public static FoundIdentity? Detect(Surroundings surroundings) => Detect(surroundings, DefaultPath);

    /// <param name="surroundings">The variables.</param>
    /// <param name="path">Where the token would be.</param>
    public static FoundIdentity? Detect(Surroundings surroundings, string path)
    {
        // The file system is asked inside Kubernetes alone: this is part of every hit.
        if (!surroundings.Has(Name, ApiServer))
        {
            return null;
        }
        return Exists(path)
            ? new FoundIdentity(new KubernetesIdentity { Path = path }, path)
            : surroundings.Without(Name, $"{path} is not there");
    }

    /// <summary>Whether this is a container of a pod, whose identity is not that of the machine it runs on.</summary>
    public static bool IsPod(ProcessEnvironment environment) => environment.Get(ApiServer) is not null;

    public string LookAt() => _file.LookAt();

    public IdentityToken GetToken(Deadline deadline) => _file.GetToken(deadline);

    /// <summary>The kubelet writes another token when this one has lived for 80 % of its life, or for a day.</summary>
    public long? RotatesAt(IdentityToken token)
    {
        const long Day = 24 * 60 * 60;
        return token is { IssuedAt: { } issuedAt, ExpiresAt: { } expiresAt } && expiresAt > issuedAt
            ? issuedAt + Math.Min((expiresAt - issuedAt) / 5 * 4, Day)
            : null;
    }

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
