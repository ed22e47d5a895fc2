using System.Text;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>
/// A file that the platform writes and rotates, read at every exchange. Links are followed: Kubernetes rotates a projected
/// token by moving one.
/// </summary>
internal abstract class TokenInFile : HeldTokenSource
{
    // Room for white space around a token of the largest size.
    private const int Limit = IdentityToken.LongestToken + 1024;

    /// <summary>How often a file that holds no whole token is looked at again, before that is an error.</summary>
    private const int MostLooks = 10;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    private string? _path;

    /// <summary>Where it is: an absolute path, found once, when the token is first asked for.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityVariablesIncomplete"/>.</exception>
    protected string Path => _path ??= Locate();

    /// <summary>Finds out where it is: an absolute path.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityVariablesIncomplete"/>.</exception>
    protected abstract string Locate();

    public override string Description => "the file " + Path;

    public override TokenSupply Supply => TokenSupply.Cached;

    public override bool IsFile => true;

    /// <summary>A writer that replaces the content in place shows parts of it: a file of this second is read until it stays as it is.</summary>
    public override IdentityToken GetToken(Deadline deadline)
    {
        string text = Read(Path, out long modifiedAt);
        for (int look = 0; look < MostLooks && TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - modifiedAt <= 1; look++)
        {
            Thread.Sleep(deadline.AtMost(BetweenLooks));
            string again = Read(Path, out modifiedAt);
            if (again == text && IdentityToken.IsWhole(text))
            {
                break;
            }
            text = again;
        }
        return IdentityToken.Parse(text, Description);
    }

    public override string ReadText()
    {
        string text = Read(Path, out _);
        for (int look = 0; look < MostLooks && !IdentityToken.IsWhole(text); look++)
        {
            Thread.Sleep(BetweenLooks);
            text = Read(Path, out _);
        }
        return text;
    }

    /// <summary>What a file holds now.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityUnreadable"/>.</exception>
    public static string Read(string path, out long modifiedAt)
    {
        FileContent file = TrustedFile.Read(path, Trust.Platform, Limit);
        modifiedAt = file.ModifiedAt;
        return file.Status switch
        {
            ReadStatus.Read => Encoding.Latin1.GetString(file.Content),
            ReadStatus.Untrusted when file.Doubt == Doubt.Size => throw IdentityToken.TooLarge("the file " + path),
            ReadStatus.Untrusted => throw new BrokerException(ErrorCode.IdentityUnreadable, $"the identity token {path} cannot be read: {file.Reason}", "name the file that holds the token"),
            _ => throw Unreadable(path, file.Error),
        };
    }

    /// <summary>Kubernetes' rule: when 80 % of the token's life are over, or after a day. Source: kubelet's token manager.</summary>
    public override long? RotatesAt(IdentityToken token)
    {
        const long Day = 24 * 60 * 60;
        return token is { IssuedAt: { } issuedAt, ExpiresAt: { } expiresAt } && expiresAt > issuedAt
            ? issuedAt + Math.Min((expiresAt - issuedAt) / 5 * 4, Day)
            : null;
    }

    private static BrokerException Unreadable(string path, int error) => new(
        ErrorCode.IdentityUnreadable,
        $"cannot read the identity token {path}: {Libc.Describe(error)}",
        error == Libc.ErrorNoEntry
            ? NotExpanded(path) ?? "check that the platform has written it and that the path is mounted into this container"
            : "the broker reads it as the user that runs it; check the file's owner and mode");

    /// <summary>What to do about a path that only a shell would expand; null for any other.</summary>
    private static string? NotExpanded(string path) => path.Contains("/~", StringComparison.Ordinal) || path.Contains('$', StringComparison.Ordinal)
        ? "the path holds a \"~\" or a \"$\", which only a shell replaces: write the whole path"
        : null;
}
