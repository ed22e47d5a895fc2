using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Publishing;

/// <summary>
/// What `keep` publishes replaces what is there, and is removed in the end. So it must not be where the profile itself is,
/// nor where a person's login is, whose refresh token is nowhere else.
/// </summary>
internal static class OccupiedPlace
{
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    public static void Refuse(string directory, ResolvedProfile profile)
    {
        string credentials = ConfigDirectories.CredentialsFile(directory, profile.Name);
        if (IsLogin(credentials))
        {
            throw Occupied(directory, $"{credentials} is a login");
        }
        if (profile.File is { } file && Libc.RealPath(file) == Libc.RealPath(ConfigDirectories.AnthropicProfileFile(directory, profile.Name)))
        {
            throw Occupied(directory, $"{file} is the profile itself");
        }
    }

    /// <summary>What was published has no refresh token. What cannot be read as a login is none, and is replaced.</summary>
    private static bool IsLogin(string credentials)
    {
        try
        {
            return ConfigFile.TryRead(credentials) is { } content
                && AnthropicCredentials.TryRead(content, out AnthropicCredentials? found, out _) && found.RefreshToken is not null;
        }
        catch (BrokerException)
        {
            return false;
        }
    }

    private static BrokerException Occupied(string directory, string reason) => new(
        ErrorCode.PublishFailed,
        $"nothing is published in {directory}: {reason}",
        "name a directory of its own with --publish");
}
