using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Output;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Store;

namespace AotBroker.Publishing;

/// <summary>
/// A private configuration directory with one profile and its credential, in the form that every Anthropic SDK reads. An
/// SDK uses the credential while it is good for more than 30 s and reads the file again at each call, so that whoever
/// keeps the file fresh keeps it from exchanging.
/// </summary>
/// <remarks>
/// The SDKs' profile is a login without a client id and without a refresh token, which is how they are told of a token that
/// somebody else renews: they read the file again at each call and present nothing by themselves. A federated one would not
/// do: the C# SDK exchanges for it without looking at the file.
/// </remarks>
internal sealed class PublishedProfile(string directory)
{
    /// <summary>What ANTHROPIC_CONFIG_DIR is to name.</summary>
    public string Directory => directory;

    /// <summary>Whether the profile is one that Anthropic's SDKs can read.</summary>
    public static bool Suits(ResolvedProfile profile) => profile is LoginProfile or FederatedProfile { Federation: not null };

    /// <summary>A directory that others mount, in which the profile is the active one.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>: it cannot be made, or is not this user's.</exception>
    public static PublishedProfile ForOthers(string directory, out bool isNew)
    {
        Libc.HoldStandardStreams();
        try
        {
            isNew = !System.IO.Directory.Exists(directory);
            if (isNew)
            {
                PrivateDirectory.Make(directory);
            }
            PrivateDirectory.RequireOwn(directory);
            return new PublishedProfile(directory);
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            throw PrivateDirectory.Failed(error);
        }
    }

    /// <summary>Writes the profile and its credential, each file as a whole; what is missing is made anew.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    public void Publish(ResolvedProfile profile, Credential credential, bool asActive = false)
    {
        string name = profile.Name;
        try
        {
            PrivateDirectory.Make($"{Directory}/configs");
            PrivateDirectory.Make($"{Directory}/credentials");
            PrivateFile.Replace(ConfigDirectories.AnthropicProfileFile(Directory, name), ForSdks(profile).ToUtf8Json(indented: true));
            PrivateFile.Replace(ConfigDirectories.CredentialsFile(Directory, name), AnthropicFormat.Model(credential).ToUtf8Json(indented: true));
            if (asActive)
            {
                PrivateFile.Replace($"{Directory}/active_config", System.Text.Encoding.UTF8.GetBytes(name + "\n"));
            }
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            throw PrivateDirectory.Failed(error);
        }
    }

    /// <summary>Takes back what was published for others, and no other file; the directory too if nothing else is in it.</summary>
    public void Withdraw(string name, bool withDirectory)
    {
        string[] files = [ConfigDirectories.CredentialsFile(Directory, name), ConfigDirectories.AnthropicProfileFile(Directory, name), $"{Directory}/active_config"];
        foreach (string file in files)
        {
            _ = Libc.Unlink(file);
            _ = Libc.Unlink(file + ".tmp");
        }
        Libc.RemoveDirectory($"{Directory}/credentials");
        Libc.RemoveDirectory($"{Directory}/configs");
        if (withDirectory)
        {
            _ = Libc.Unlink(CommandDirectories.LockOf(Directory));
            Libc.RemoveDirectory(Directory);
        }
    }

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
