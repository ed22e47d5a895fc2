using System.Text;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Profiles;

namespace AotBroker.Output;

/// <summary>
/// An ExecCredential of client.authentication.k8s.io. The client uses the token up to the very second that is published,
/// so an earlier one is. Source: client-go's exec plugin.
/// </summary>
internal static class KubernetesFormat
{
    public const string Name = "kubernetes";

    public const string Version1 = "client.authentication.k8s.io/v1";
    private const string Version1Beta1 = "client.authentication.k8s.io/v1beta1";

    public static byte[] Write(in PresentedCredential presented)
    {
        JsonLine line = new JsonLine().Open()
            .Text("kind", "ExecCredential")
            .Text("apiVersion", VersionAskedFor(presented.Environment))
            .Open("status")
            .Text("token", presented.RevealToken());
        if (presented.EarlyExpiry is { } expiry)
        {
            line.Text("expirationTimestamp", Times.Utc(Math.Min(expiry, Times.LastDate)));
        }
        return line.Close().Close().ToUtf8();
    }

    /// <summary>The version that the client speaks; the newest where no client asks.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>.</exception>
    private static string VersionAskedFor(ProcessEnvironment? environment)
    {
        if (environment?.Get(Variables.KubernetesExecInfo) is not { } info)
        {
            return Version1;
        }
        string? version = null;
        try
        {
            Utf8JsonReader reader = new(Encoding.UTF8.GetBytes(info));
            bool isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
            while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isVersion = reader.ValueTextEquals("apiVersion"u8);
                reader.Read();
                version = isVersion && reader.TokenType == JsonTokenType.String ? reader.GetString() : version;
                reader.Skip();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Unknown("holds no JSON");
        }
        return version switch
        {
            Version1 => Version1,
            Version1Beta1 => Version1Beta1,
            null => throw Unknown("names no apiVersion"),
            _ => throw Unknown($"asks for the apiVersion \"{version}\""),
        };
    }

    private static BrokerException Unknown(string what) => new(
        ErrorCode.SettingInvalid,
        $"{Variables.KubernetesExecInfo} {what}",
        $"the apiVersion in the kubeconfig must be {Version1} or {Version1Beta1}");
}
