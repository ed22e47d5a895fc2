using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Store;

namespace AotBroker.Publishing;

/// <summary>
/// What `keep` publishes replaces what is there, and is removed in the end. So it must not be where the profile itself is,
/// nor where a person's login is, whose refresh token is nowhere else.
/// </summary>
internal static class OccupiedPlace
{
    private const int LargestCredentials = 128 * 1024;

    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    public static void Refuse(string directory, ResolvedProfile profile)
    {
        string credentials = ConfigDirectories.CredentialsFile(directory, profile.Name);
        if (!IsFree(credentials))
        {
            throw Occupied(directory, $"{credentials} is not what was published before: it may be a login");
        }
        if (profile.File is { } file && Libc.RealPath(file) == Libc.RealPath(ConfigDirectories.AnthropicProfileFile(directory, profile.Name)))
        {
            throw Occupied(directory, $"{file} is the profile itself");
        }
    }

    /// <summary>What was published has no refresh token.</summary>
    private static bool IsFree(string credentials)
    {
        PrivateFile.ReadResult file = PrivateFile.Read(credentials, LargestCredentials);
        return file.Status == ReadStatus.Missing
            || (file.Status == ReadStatus.Read && AnthropicCredentials.TryRead(file.Content, out AnthropicCredentials? found, out _) && found.RefreshToken is null);
    }

    private static BrokerException Occupied(string directory, string reason) => new(
        ErrorCode.PublishFailed,
        $"nothing is published in {directory}: {reason}",
        "name a directory of its own with --publish");
}
