using AotBroker.Runtime;

namespace AotBroker.Tests;

/// <summary>An ExecCredential, to the octet.</summary>
public sealed class KubernetesFormatTests : FormatTest
{
    [Theory]
    [InlineData(null, "client.authentication.k8s.io/v1")]
    [InlineData("""{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}""", "client.authentication.k8s.io/v1")]
    [InlineData("""{"spec":{"apiVersion":"other","interactive":true,"cluster":{"server":"https://1.2.3.4"}},"apiVersion":"client.authentication.k8s.io/v1beta1"}""", "client.authentication.k8s.io/v1beta1")]
    public void Kubernetes_is_an_ExecCredential_of_the_version_asked_for_that_ends_early(string? info, string version)
    {
        Machine.Variables["KUBERNETES_EXEC_INFO"] = info;

        Assert.Equal(
            $$$"""{"kind":"ExecCredential","apiVersion":"{{{version}}}","status":{"token":"{{{Jwt}}}","expirationTimestamp":"{{{Times.Utc(Now + 540)}}}"}}""" + "\n",
            Written("kubernetes", Token()));
    }

    [Theory]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1alpha1"}""", "v1alpha1")]
    [InlineData("""{"apiVersion":1}""", "names no apiVersion")]
    [InlineData("{}", "names no apiVersion")]
    [InlineData("[]", "is not a JSON object")]
    [InlineData("{", "is not a JSON object")]
    [InlineData("\ud800", "is not a JSON object")]
    public void Kubernetes_in_a_version_that_is_not_known_is_an_error(string info, string message)
    {
        Machine.Variables["KUBERNETES_EXEC_INFO"] = info;

        Assert.Contains(message, Expect.Error("AB0305", () => Written("kubernetes", Token())).Message, StringComparison.Ordinal);
    }
}
