using System.Globalization;
using AotBroker.Errors;
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
    private const string Folder = "exec";
    private const string IdentityPlaceholder = "identity-tokens-are-presented-by-aotbroker-alone";

    private PublishedProfile(string directory) => Directory = directory;

    /// <summary>What ANTHROPIC_CONFIG_DIR is to name.</summary>
    public string Directory { get; }

    /// <summary>The broker's own form of a published profile.</summary>
    public static string BrokerFile(string directory, string name) => $"{directory}/aotbroker/{name}.json";

    private static string CredentialsFile(string directory, string name) => $"{directory}/credentials/{name}.json";

    /// <summary>Publishes into a new directory below the cache or, where that cannot be written, the temporary directory.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    public static PublishedProfile Create(ResolvedProfile profile, Credential credential, ProcessEnvironment environment)
    {
        CacheDirectory cache = CacheDirectory.Of(environment);
        try
        {
            PublishedProfile published = new(MakeDirectory(cache));
            published.Write(profile, credential, environment);
            Sweep(cache.File(Folder), environment.Now);
            return published;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new BrokerException(
                ErrorCode.PublishFailed,
                $"the profile could not be published: {FileSystemReason.Of(error)}",
                $"name a directory that can be written in {Variables.BrokerCacheDirectory}");
        }
    }

    /// <summary>Takes back what was published, as far as that is possible.</summary>
    public void Remove()
    {
        try
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The next command's sweep takes it, once the credential is dead.
        }
    }

    private static string MakeDirectory(CacheDirectory cache)
    {
        try
        {
            cache.Prepare();
            MakePrivate(cache.File(Folder));
            string name = $"{Folder}/{Environment.ProcessId}-{Path.GetRandomFileName()}";
            return MakePrivate(cache.File(name));
        }
        catch (Exception error) when (error is BrokerException or IOException or UnauthorizedAccessException)
        {
            // The credential was obtained without the cache, and told so; it can be published without it too.
            return System.IO.Directory.CreateTempSubdirectory("aotbroker-exec-").FullName;
        }
    }

    private static string MakePrivate(string directory) => System.IO.Directory.CreateDirectory(
        directory,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    private void Write(ResolvedProfile profile, Credential credential, ProcessEnvironment environment)
    {
        string name = profile.Name;
        MakePrivate($"{Directory}/configs");
        MakePrivate($"{Directory}/credentials");
        MakePrivate($"{Directory}/aotbroker");
        PrivateFile.Replace(ConfigDirectories.AnthropicProfileFile(Directory, name), ForSdks(profile.Federation).ToUtf8Json(indented: true));
        PrivateFile.Replace(BrokerFile(Directory, name), ForBroker(profile, environment).ToUtf8Json(indented: true));
        PrivateFile.Replace(CredentialsFile(Directory, name), AnthropicFormat.Model(credential).ToUtf8Json(indented: true));
    }

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

    private static Profile ForBroker(ResolvedProfile profile, ProcessEnvironment environment) => new()
    {
        Identity = profile.Identity is FileIdentity file ? file with { Path = environment.Absolute(file.Path) } : profile.Identity,
        Exchange = new AnthropicExchange
        {
            FederationRuleId = profile.Federation.FederationRuleId.Value,
            OrganizationId = profile.Federation.OrganizationId.Value,
            ServiceAccountId = profile.Federation.ServiceAccountId.Value,
            WorkspaceId = profile.Federation.WorkspaceId.Value,
            BaseUrl = profile.Federation.BaseUrl.Value,
        },
    };

    /// <summary>Removes what earlier commands left, of a command that has ended and whose credential is dead.</summary>
    private static void Sweep(string folder, long now)
    {
        const int Most = 32; // A share of the work for each, so that none has to do all of it.
        const long Grace = 3600;
        RemoveAbandoned(folder, Most, directory => (ExpiryOf(directory) ?? LastChange(directory)) + Grace < now);
    }

    /// <summary>Removes what commands left that have ended: their credentials, dead or not.</summary>
    public static void RemoveAbandoned(CacheDirectory cache) => RemoveAbandoned(cache.File(Folder), int.MaxValue, static _ => true);

    private static void RemoveAbandoned(string folder, int most, Func<string, bool> isDead)
    {
        try
        {
            foreach (string directory in System.IO.Directory.EnumerateDirectories(folder))
            {
                if (HasEnded(Path.GetFileName(directory)) && isDead(directory))
                {
                    System.IO.Directory.Delete(directory, recursive: true);
                    if (--most == 0)
                    {
                        return;
                    }
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Somebody else sweeps at the same time, or the cache is not there: the next one will.
        }
    }

    /// <summary>The name starts with the id of the process that became the command.</summary>
    private static bool HasEnded(string name) =>
        int.TryParse(name.AsSpan(0, Math.Max(0, name.IndexOf('-'))), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
        && Interop.Libc.HasEnded(process);

    private static long LastChange(string directory) =>
        new DateTimeOffset(System.IO.Directory.GetLastWriteTimeUtc(directory)).ToUnixTimeSeconds();

    private static long? ExpiryOf(string directory)
    {
        const int Limit = 128 * 1024;
        string credentials = $"{directory}/credentials";
        if (!System.IO.Directory.Exists(credentials))
        {
            return null;
        }
        foreach (string path in System.IO.Directory.EnumerateFiles(credentials))
        {
            PrivateFile.ReadResult file = PrivateFile.Read(path, Limit);
            if (file.Status == ReadStatus.Read && AnthropicCredentials.TryRead(file.Content, out AnthropicCredentials? found, out _))
            {
                return found.ExpiresAt;
            }
        }
        return null;
    }
}
