using AotBroker.Errors;

namespace AotBroker.Profiles;

/// <summary>A profile's name becomes part of a path, so it is checked before anything else is done with it.</summary>
internal static class ProfileName
{
    private const int LongestName = 128;

    /// <summary>
    /// The names that every client of Anthropic's accepts: letters, digits, <c>_</c>, <c>-</c> and <c>.</c>, the first not
    /// a dot, and nowhere two dots in a row.
    /// </summary>
    public static bool IsValid(string name)
    {
        if (name.Length is 0 or > LongestName || name[0] == '.')
        {
            return false;
        }
        char previous = '\0';
        foreach (char c in name)
        {
            if (!(char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') || (c == '.' && previous == '.'))
            {
                return false;
            }
            previous = c;
        }
        return true;
    }

    /// <exception cref="BrokerException"><see cref="ErrorCode.ProfileNameInvalid"/>.</exception>
    public static string Checked(string name, string origin) => IsValid(name) && !IsToken(name)
        ? name
        : throw Invalid(IsToken(name) ? $"what looks like a token (from {origin})" : $"\"{Redaction.Shorten(Redaction.WithoutSecrets(name), 60)}\" (from {origin})");

    /// <summary>A slip that is easily made in a job's configuration: names are shown, tokens are not.</summary>
    public static bool IsToken(string name) => name.StartsWith("eyJ", StringComparison.Ordinal) || name.StartsWith("sk-ant-", StringComparison.Ordinal);

    /// <summary><see cref="ErrorCode.ProfileNameInvalid"/> for what is described.</summary>
    public static BrokerException Invalid(string what) => new(
        ErrorCode.ProfileNameInvalid,
        $"{what} is not a profile name",
        "a profile name has letters, digits, \"_\", \"-\" and \".\", does not start with a dot, has no two dots in a row, and is not a path");
}
