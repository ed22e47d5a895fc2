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
/// The SDKs' profile names an identity token file that is not there: an SDK that finds the credential expired fails and
/// names that file, instead of presenting a token behind the broker's back. The broker's own profile, beside it, says where
/// the identity really comes from, so that `aotbroker get` inside the command serves the same credential.
/// </remarks>
internal sealed class PublishedProfile
{
    private const string IdentityPlaceholder = "identity-tokens-are-presented-by-aotbroker-alone";

    private const int LargestCredentials = 128 * 1024;

    private readonly bool _isForCommand;

    private PublishedProfile(string directory, bool isForCommand)
    {
        Directory = directory;
        _isForCommand = isForCommand;
    }

    /// <summary>What ANTHROPIC_CONFIG_DIR is to name.</summary>
    public string Directory { get; }

    /// <summary>The broker's own form of a published profile.</summary>
    public static string BrokerFile(string directory, string name) => $"{directory}/aotbroker/{name}.json";

    /// <summary>Publishes for a command, in a new directory of its own below the cache or, where that cannot be written, in the temporary directory.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    public static PublishedProfile Create(ResolvedProfile profile, Credential credential, ProcessEnvironment environment)
    {
        Libc.HoldStandardStreams();
        CacheDirectory cache = CacheDirectory.Of(environment);
        try
        {
            PublishedProfile published = In(CommandDirectories.Make(cache), profile, credential, environment);
            CommandDirectories.Sweep(cache, environment.Now);
            return published;
        }
        catch (Exception error) when (error is BrokerException || IsFileSystem(error))
        {
            // The credential can be obtained without the cache, and so it can be published.
        }
        try
        {
            return In(CommandDirectories.MakeTemporary(), profile, credential, environment);
        }
        catch (Exception error) when (IsFileSystem(error))
        {
            throw Failed(error);
        }
    }

    private static PublishedProfile In(string directory, ResolvedProfile profile, Credential credential, ProcessEnvironment environment)
    {
        PublishedProfile published = new(directory, isForCommand: true);
        try
        {
            published.Publish(profile, credential, environment);
            return published;
        }
        catch
        {
            published.Remove(); // Nobody looks for what is half there.
            throw;
        }
    }

    /// <summary>What <see cref="Create"/> made in another process.</summary>
    public static PublishedProfile OfCommand(string directory) => new(directory, isForCommand: true);

    /// <summary>
    /// A directory that others mount: the profile is the active one there, and the broker's own form, which says where the
    /// identity comes from, stays outside.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>: it cannot be made, or is not this user's.</exception>
    public static PublishedProfile ForOthers(string directory, out bool isNew)
    {
        Libc.HoldStandardStreams();
        try
        {
            isNew = !System.IO.Directory.Exists(directory);
            if (isNew)
            {
                MakePrivate(directory);
            }
            RequireOwn(directory);
            return new PublishedProfile(directory, isForCommand: false);
        }
        catch (Exception error) when (IsFileSystem(error))
        {
            throw Failed(error);
        }
    }

    /// <summary>Writes the profile and its credential, each file as a whole; what is missing is made anew.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    public void Publish(ResolvedProfile profile, Credential credential, ProcessEnvironment environment)
    {
        string name = profile.Name;
        try
        {
            MakePrivate($"{Directory}/configs");
            MakePrivate($"{Directory}/credentials");
            PrivateFile.Replace(ConfigDirectories.AnthropicProfileFile(Directory, name), ForSdks(profile).ToUtf8Json(indented: true));
            PrivateFile.Replace(ConfigDirectories.CredentialsFile(Directory, name), AnthropicFormat.Model(credential).ToUtf8Json(indented: true));
            if (_isForCommand)
            {
                MakePrivate($"{Directory}/aotbroker");
                PrivateFile.Replace(BrokerFile(Directory, name), ForBroker(profile, environment).ToUtf8Json(indented: true));
            }
            else
            {
                PrivateFile.Replace($"{Directory}/active_config", System.Text.Encoding.UTF8.GetBytes(name + "\n"));
            }
        }
        catch (Exception error) when (IsFileSystem(error))
        {
            throw Failed(error);
        }
    }

    /// <summary>The credential as it is published now; null where it cannot be read.</summary>
    /// <param name="name">The profile's name.</param>
    /// <param name="issuedAt">When it was issued, in Unix seconds, which the file does not tell.</param>
    public Credential? Read(string name, long issuedAt)
    {
        PrivateFile.ReadResult file = PrivateFile.Read(ConfigDirectories.CredentialsFile(Directory, name), LargestCredentials);
        return file.Status == ReadStatus.Read && AnthropicCredentials.TryRead(file.Content, out AnthropicCredentials? found, out _)
            ? new Credential { AccessToken = found.AccessToken, TokenType = "Bearer", IssuedAt = issuedAt, ExpiresAt = found.ExpiresAt ?? Credential.Never }
            : null;
    }

    /// <summary>Takes back a command's directory, as far as that is possible.</summary>
    public void Remove()
    {
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (Exception error) when (IsFileSystem(error))
        {
            // The next command's sweep takes it, once the credential is dead.
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

    /// <summary>Makes a directory, and those above it, that only the owner may enter; or takes the one that is there, if it is this user's.</summary>
    /// <exception cref="IOException">Something else is there, such as a link.</exception>
    public static string MakePrivate(string directory)
    {
        string path = System.IO.Directory.CreateDirectory(
            directory,
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        RequireOwn(path);
        return path;
    }

    /// <summary>What is written into a directory, or removed from it, is so in that very one: not behind a link, nor in another user's.</summary>
    /// <exception cref="IOException">It is not this user's directory.</exception>
    public static void RequireOwn(string directory)
    {
        int descriptor = Libc.OpenDirectory(directory);
        if (descriptor < 0)
        {
            throw new IOException($"{directory}: {(-descriptor == Libc.ErrorLoop || -descriptor == Libc.ErrorNotDirectory ? "it is a link, or not a directory" : Libc.Describe(-descriptor))}");
        }
        int error = Libc.GetStatus(descriptor, out FileStatus status);
        Libc.Close(descriptor);
        if (error != 0 || status.Owner != Libc.GetEffectiveUserId() || status.IsWritableByOthers)
        {
            throw new IOException($"{directory}: {(error != 0 ? Libc.Describe(error) : $"it belongs to user {status.Owner} and its mode is {status.Permissions}; it must be this user's, and writable by nobody else")}");
        }
    }

    private static bool IsFileSystem(Exception error) => error is IOException or UnauthorizedAccessException;

    private static BrokerException Failed(Exception error) => new(
        ErrorCode.PublishFailed,
        $"the profile could not be published: {FileSystemReason.Of(error)}",
        $"name a directory of your own that can be written: for a command in {Variables.BrokerCacheDirectory}, else with --publish");

    private AnthropicProfile ForSdks(ResolvedProfile profile) =>
        profile is FederatedProfile federated ? ForSdks(federated.Federation!) : PublishedLogin.ForSdks((LoginProfile)profile);

    private AnthropicProfile ForSdks(AnthropicFederation federation) => new()
    {
        Version = "1.0",
        Authentication = new OidcFederation
        {
            FederationRuleId = federation.FederationRuleId.Value,
            ServiceAccountId = federation.ServiceAccountId.Value,
            IdentityToken = new IdentityTokenFile { Path = $"{Directory}/{IdentityPlaceholder}" },
        },
        BaseUrl = federation.BaseUrl.Value,
        OrganizationId = federation.OrganizationId.Value,
        WorkspaceId = federation.WorkspaceId.Value,
    };

    private static Profile ForBroker(ResolvedProfile profile, ProcessEnvironment environment) =>
        profile is FederatedProfile federated ? ForBroker(federated, environment) : PublishedLogin.ForBroker((LoginProfile)profile);

    private static Profile ForBroker(FederatedProfile profile, ProcessEnvironment environment) => new()
    {
        Identity = profile.Identity switch
        {
            FileIdentity file => file with { Path = environment.Absolute(file.Path) },
            KubernetesIdentity token => token with { Path = environment.Absolute(token.Path) },
            _ => profile.Identity,
        },
        Exchange = profile.Exchange.Settings,
        Serves = profile.Serves,
        Variables = profile.VariableNames,
    };
}
