using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Publishing;

/// <summary>
/// A private configuration directory with one profile and its credential, in the form that every Anthropic SDK reads. An
/// SDK uses the credential while it is good for more than 30 s and reads the file again at each call, so a process that
/// keeps the file fresh keeps it from making exchanges.
/// </summary>
/// <remarks>
/// The SDKs' profile is a login without a client id and without a refresh token, which tells them that the token is
/// renewed from outside: they read the file again at each call and present nothing themselves. A federated profile would not
/// do: the C# SDK exchanges for it without looking at the file.
/// </remarks>
internal sealed class PublishedProfile(string directory)
{
    /// <summary>What ANTHROPIC_CONFIG_DIR is to name.</summary>
    public string Directory => directory;

    /// <summary>Whether the profile is one that Anthropic's SDKs can read.</summary>
    public static bool Supports(ResolvedProfile profile) => profile is LoginProfile or FederatedProfile { Federation: not null };

    /// <summary>What is published, by names below the directory.</summary>
    public static (string Name, byte[] Content)[] Files(ResolvedProfile profile, Credential credential) =>
    [
        ($"configs/{profile.Name}.json", ForSdks(profile).ToUtf8Json(indented: true)),
        ($"credentials/{profile.Name}.json", CredentialsOf(credential).ToUtf8Json(indented: true)),
    ];

    /// <summary>Writes the profile and its credential, each file as a whole; what is missing is created again.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    public void Publish(ResolvedProfile profile, Credential credential)
    {
        try
        {
            PrivateDirectory.Make($"{Directory}/configs");
            PrivateDirectory.Make($"{Directory}/credentials");
            foreach ((string name, byte[] content) in Files(profile, credential))
            {
                PrivateFile.Replace($"{Directory}/{name}", content);
            }
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            throw PrivateDirectory.Failed(error);
        }
    }

    /// <summary>The credentials file as the SDKs read it.</summary>
    public static AnthropicCredentials CredentialsOf(Credential credential) => new()
    {
        Version = "1.0",
        AccessToken = credential.AccessToken!,
        ExpiresAt = credential.Expires ? credential.ExpiresAt : null,
        Scope = credential.Scope,
    };

    private static AnthropicProfile ForSdks(ResolvedProfile profile) =>
        profile is FederatedProfile federated ? ForSdks(federated.Federation!) : PublishedLogin.ForSdks((LoginProfile)profile);

    /// <summary>Without the workspace: the token is bound to it, and SDKs would name it in each request.</summary>
    private static AnthropicProfile ForSdks(AnthropicFederation federation) => new()
    {
        Version = "1.0",
        Authentication = new UserOAuth(),
        BaseUrl = federation.BaseUrl.Value,
        OrganizationId = federation.OrganizationId.Value,
    };
}
