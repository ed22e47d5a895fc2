using System.Text;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients.Kubernetes;

/// <summary>
/// An ExecCredential of client.authentication.k8s.io. The client uses the token up to the very second that is published,
/// so an earlier one is. Source: client-go's exec plugin.
/// </summary>
internal sealed class KubernetesFormat : CredentialFormat
{
    public const string Version1 = "client.authentication.k8s.io/v1";
    private const string Version1Beta1 = "client.authentication.k8s.io/v1beta1";

    public override string Name => "kubernetes";

    public override bool IsOffered => true;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind == CredentialKind.Token;

    public override byte[] Write(in OutputCredential output)
    {
        JsonLine line = new JsonLine().BeginObject()
            .String("kind", "ExecCredential")
            .String("apiVersion", VersionAskedFor(output.Environment))
            .BeginObject("status")
            .String("token", output.RevealToken());
        if (output.EarlyExpiry is { } expiry)
        {
            line.String("expirationTimestamp", Times.Utc(Math.Min(expiry, Times.LastDate)));
        }
        return line.EndObject().EndObject().ToUtf8();
    }

    /// <summary>Checks what a client says that it asks for, before anything is exchanged.</summary>
    /// <exception cref="BrokerException">
    /// <see cref="ErrorCode.SettingInvalid"/>: it speaks no version that is known. <see cref="ErrorCode.ServerNotServed"/>: it
    /// would send the token to a server that the profile does not serve.
    /// </exception>
    public override void RequireServed(ResolvedProfile profile, ProcessEnvironment environment)
    {
        VersionAskedFor(environment);
        // The client names the server only if its configuration says so, and a profile need not name any.
        if (profile.Hosts is { Count: > 0 } hosts && KindOf(environment, "spec", "cluster") is not (JsonTokenType.None or JsonTokenType.Null))
        {
            if (KindOf(environment, "spec", "cluster", "insecure-skip-tls-verify") is not (JsonTokenType.None or JsonTokenType.False))
            {
                throw new BrokerException(
                    ErrorCode.ServerNotServed,
                    $"the credential of profile \"{profile.Name}\" is only for verified servers, and the cluster has insecure-skip-tls-verify",
                    "name the cluster's certificate-authority in the kubeconfig");
            }
            string server = Asked(environment, "spec", "cluster", "server") ?? "";
            RequestedUrl? asked = RequestedUrl.TryParse(server.Contains("://", StringComparison.Ordinal) ? server : "http://" + server);
            if (asked is not { } url || ServingProfile.EntryFor(hosts, url) is null)
            {
                string shown = asked is { } known ? $"the server {known.Scheme}://{known.Authority}{known.Path}" : "a server whose address is invalid";
                throw new BrokerException(
                    ErrorCode.ServerNotServed,
                    $"the credential of profile \"{profile.Name}\" is not for {shown}",
                    $"\"serves\" of {profile.File} names {string.Join(", ", hosts)}: add the server, or use another profile");
            }
        }
    }

    /// <summary>The version that the client speaks; the newest if no client asks.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>.</exception>
    private static string VersionAskedFor(ProcessEnvironment? environment)
    {
        if (environment?.Get(Variables.KubernetesExecInfo) is null)
        {
            return Version1;
        }
        return Asked(environment, "apiVersion") switch
        {
            Version1 => Version1,
            Version1Beta1 => Version1Beta1,
            null => throw Unknown("names no apiVersion"),
            { } version => throw Unknown($"asks for the apiVersion \"{version}\""),
        };
    }

    /// <summary>What the client says, as an ExecCredential without a status; null if it does not say it.</summary>
    private static string? Asked(ProcessEnvironment environment, params ReadOnlySpan<string> path)
    {
        try
        {
            return environment.Get(Variables.KubernetesExecInfo) is { } info ? RequestJson.Text(Encoding.UTF8.GetBytes(info), path) : null;
        }
        catch (BrokerException)
        {
            throw Unknown("is not a JSON object");
        }
    }

    /// <summary>What the client says begins with; none if it does not say it.</summary>
    private static JsonTokenType KindOf(ProcessEnvironment environment, params ReadOnlySpan<string> path)
    {
        try
        {
            return environment.Get(Variables.KubernetesExecInfo) is { } info ? RequestJson.Kind(Encoding.UTF8.GetBytes(info), path) : JsonTokenType.None;
        }
        catch (BrokerException)
        {
            throw Unknown("is not a JSON object");
        }
    }

    private static BrokerException Unknown(string what) => new(
        ErrorCode.SettingInvalid,
        $"{Variables.KubernetesExecInfo} {what}",
        $"the apiVersion in the kubeconfig must be {Version1} or {Version1Beta1}");
}
