using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Logins;

/// <summary>
/// A refreshed login that its credentials file could not be given: kept in the cache until the file can be written. The
/// refresh token in the file is spent by then; without this, the person would have to log in again.
/// </summary>
internal sealed class RescuedLogins(CacheKey key, string file, CacheDirectory directory, ProcessEnvironment environment)
{
    private const int LargestFile = 128 * 1024;

    public string FilePath => directory.File(key.FileStem + ".rescue.json");

    /// <summary>What was kept for the file; null where there is nothing.</summary>
    public RescuedLogin? Read()
    {
        FileContent rescue = PrivateFile.Read(FilePath, LargestFile);
        return rescue.Status == ReadStatus.Read && RescuedLogin.TryRead(rescue.Content, out RescuedLogin? rescued, out _) && rescued.CredentialsFile == file
            ? rescued
            : null;
    }

    /// <summary>The login in the file or, where the file still holds what that replaced, the rescued one.</summary>
    public StoredLogin Over(StoredLogin login) => Read() is { } rescued && rescued.Replaces == login.RefreshDigest
        ? new StoredLogin(
            login.Model with { AccessToken = rescued.AccessToken, ExpiresAt = rescued.ExpiresAt, RefreshToken = rescued.RefreshToken },
            rescued.StoredAt)
        {
            Replaces = rescued.Replaces,
        }
        : login;

    /// <exception cref="IOException">It could not be written.</exception>
    /// <exception cref="BrokerException">The cache cannot be used.</exception>
    public void Write(AnthropicCredentials model, string replaces)
    {
        directory.Prepare(); // It may have been removed during the exchange.
        PrivateFile.Replace(
            FilePath,
            new RescuedLogin
            {
                CredentialsFile = file,
                Replaces = replaces,
                AccessToken = model.AccessToken,
                ExpiresAt = model.ExpiresAt,
                RefreshToken = model.RefreshToken!,
                StoredAt = environment.Now,
                ProcessId = Environment.ProcessId,
            }.ToUtf8Json());
        PrivateFile.SyncDirectory(directory.Path);
    }

    public void Forget() => _ = Libc.Unlink(FilePath);
}
