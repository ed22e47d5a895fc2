using AotBroker.Errors;

namespace AotBroker.Files;

/// <summary>Reads files that people and images write. Links are followed, but no other user may be able to change them.</summary>
internal static class ConfigFile
{
    private const int Limit = 64 * 1024;

    /// <summary>The file's content, or null where there is no such file.</summary>
    /// <exception cref="BrokerException">
    /// <see cref="ErrorCode.ProfileUnreadable"/>, or <see cref="ErrorCode.ProfileUnsafe"/> where another user could have
    /// written it.
    /// </exception>
    public static byte[]? TryRead(string path)
    {
        FileContent file = TrustedFile.Read(path, Trust.Configuration, Limit);
        return file.Status switch
        {
            ReadStatus.Read => file.ToArray(),
            ReadStatus.Missing => null,
            _ => throw file.Doubt switch
            {
                Doubt.Mode => new BrokerException(
                    ErrorCode.ProfileUnsafe,
                    $"{path} can be written by other users (mode {file.File.Permissions})",
                    $"chmod go-w {path}"),
                Doubt.Owner => new BrokerException(
                    ErrorCode.ProfileUnsafe,
                    $"{path} belongs to user {file.File.Owner}, who could change where this user's identity is sent",
                    "make the file belong to this user or to root"),
                _ => new BrokerException(
                    ErrorCode.ProfileUnreadable,
                    $"cannot read {path}: {file.Reason}",
                    "the broker reads it as the user that runs it; check the file's owner and mode"),
            },
        };
    }
}
