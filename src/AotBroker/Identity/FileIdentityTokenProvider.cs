using System.Text;
using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// A file that the platform writes and rotates, read at every exchange. Links are followed: Kubernetes rotates a projected
/// token by moving one.
/// </summary>
internal sealed class FileIdentityTokenProvider(string path) : IIdentityTokenProvider, IHeldToken
{
    // Room for white space around a token of the largest size.
    private const int Limit = IdentityToken.LongestToken + 1024;

    /// <summary>How often a file that holds no whole token is looked at again, before that is an error.</summary>
    private const int MostLooks = 10;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);

    public string Description => "the file " + path;

    public TokenSupply Supply => TokenSupply.Cached;

    public bool IsFile => true;

    public static FoundIdentity? Detect(Surroundings surroundings) => surroundings.Has("file", Variables.IdentityTokenFile)
        ? new FoundIdentity(new FileIdentity { Path = surroundings.Get(Variables.IdentityTokenFile)! }, Variables.IdentityTokenFile)
        : null;

    /// <summary>A writer that replaces the content in place shows parts of it: a file of this second is read until it stays as it is.</summary>
    public IdentityToken GetToken(Deadline deadline)
    {
        string text = ReadText(out long modifiedAt);
        for (int look = 0; look < MostLooks && TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - modifiedAt <= 1; look++)
        {
            Thread.Sleep(deadline.AtMost(BetweenLooks));
            string again = ReadText(out modifiedAt);
            if (again == text && IdentityToken.IsWhole(text))
            {
                break;
            }
            text = again;
        }
        return IdentityToken.Parse(text, Description);
    }

    public string LookAt()
    {
        string text = ReadText(out _);
        for (int look = 0; look < MostLooks && !IdentityToken.IsWhole(text); look++)
        {
            Thread.Sleep(BetweenLooks);
            text = ReadText(out _);
        }
        return text;
    }

    /// <summary>What the file holds, whether it is a JWT or not.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityUnreadable"/>.</exception>
    public string ReadText() => ReadText(out _);

    private string ReadText(out long modifiedAt)
    {
        int descriptor = Libc.OpenToRead(path, followLinks: true);
        if (descriptor < 0)
        {
            throw Unreadable(-descriptor);
        }
        try
        {
            int error = Libc.GetStatus(descriptor, out FileStatus status);
            if (error != 0)
            {
                throw Unreadable(error);
            }
            if (!status.IsRegularFile)
            {
                throw new BrokerException(ErrorCode.IdentityUnreadable, $"the identity token {path} is not a regular file", "name the file that holds the token");
            }
            modifiedAt = status.ModifiedAt;
            return Read(descriptor, status.Size);
        }
        finally
        {
            Libc.Close(descriptor);
        }
    }

    /// <summary>Kubernetes' rule: when 80 % of the token's life are over, or after a day. Source: kubelet's token manager.</summary>
    public long? RotatesAt(IdentityToken token)
    {
        const long Day = 24 * 60 * 60;
        return token is { IssuedAt: { } issuedAt, ExpiresAt: { } expiresAt } && expiresAt > issuedAt
            ? issuedAt + Math.Min((expiresAt - issuedAt) / 5 * 4, Day)
            : null;
    }

    /// <param name="descriptor">The open file.</param>
    /// <param name="size">What the file system says, which for some is nothing.</param>
    private string Read(int descriptor, long size)
    {
        byte[] buffer = new byte[Math.Clamp(size + 1, 4096, Limit)];
        int length = 0;
        int count;
        while ((count = Libc.Read(descriptor, buffer.AsSpan(length))) > 0)
        {
            length += count;
            if (length == buffer.Length && length < Limit)
            {
                Array.Resize(ref buffer, Math.Min(2 * length, Limit));
            }
        }
        return count < 0 ? throw Unreadable(-count) : Encoding.Latin1.GetString(buffer, 0, length);
    }

    private BrokerException Unreadable(int error) => new(
        ErrorCode.IdentityUnreadable,
        $"cannot read the identity token {path}: {Libc.Describe(error)}",
        error == Libc.ErrorNoEntry
            ? "check that the platform has written it and that the path is mounted into this container"
            : "the broker reads it as the user that runs it; check the file's owner and mode");
}
