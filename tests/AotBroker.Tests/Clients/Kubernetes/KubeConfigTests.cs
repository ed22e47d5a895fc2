using AotBroker.Clients.Kubernetes;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>A user of a kubeconfig.</summary>
public sealed class KubeConfigTests : IDisposable
{
    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private ResolvedProfile Profile(string exchange, string name = "one")
    {
        _machine.WriteBrokerProfile(name, $$$"""{"identity":{"source":"file","path":"/run/token"},"exchange":{{{exchange}}}}""");
        return ProfileResolver.Resolve(name, _machine.Environment);
    }

    private static string Program => Environment.ProcessPath!;

    [Fact]
    public void Kubernetes_gets_a_user_that_tells_the_cluster()
    {
        Assert.Equal(
            $"""
            - name: "1e3"
              user:
                exec:
                  apiVersion: client.authentication.k8s.io/v1
                  command: "{Program}"
                  args: ["get", "--profile", "1e3", "--format", "kubernetes"]
                  interactiveMode: Never
                  provideClusterInfo: true

            """,
            KubeConfig.User(Profile("""{"type":"none"}""", "1e3")));
    }
}
