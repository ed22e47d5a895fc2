using AotBroker.Interop;

namespace AotBroker.Files;

/// <summary>Why a file or a directory is not trusted.</summary>
internal enum Doubt
{
    /// <summary>It is trusted.</summary>
    None,

    /// <summary>It is a directory where a file is expected, or the reverse, or a device, a pipe or a socket.</summary>
    Kind,

    /// <summary>It belongs to a user who is not trusted with it.</summary>
    Owner,

    /// <summary>Its mode lets other users read or change it.</summary>
    Mode,

    /// <summary>It has a second name, which could keep the old content.</summary>
    Links,

    /// <summary>It is larger than anything that belongs there.</summary>
    Size,
}

/// <summary>
/// What must be true of a file or directory before its content is used or anything is put there: whom it belongs to, what
/// others may do with it, and whether a link may lead to it. The one place that decides this.
/// </summary>
internal readonly record struct Trust
{
    private const uint Others = 0x3F; // 077
    private const uint OthersWrite = 0x12; // 022
    private const uint AllUsersWrite = 0x2; // 002

    private uint ForbiddenMode { get; init; }

    private bool IsOfAnyUser { get; init; }

    private bool IsOfRootToo { get; init; }

    private bool HasOneName { get; init; }

    /// <summary>Whether a link may lead to it.</summary>
    public bool FollowsLinks { get; private init; }

    /// <summary>Whether its size may be unknown (0, as in /proc), or change while it is read: it is read to its end.</summary>
    public bool IsReadToEnd { get; private init; }

    /// <summary>Secrets, locks and the cache: this user's alone, not behind a link.</summary>
    public static Trust Private => new() { ForbiddenMode = Others };

    /// <summary>Directories that credentials are published in: this user's, changed by no other user, not behind a link.</summary>
    public static Trust Own => new() { ForbiddenMode = OthersWrite };

    /// <summary>Profiles, which an image may bring and a link may lead to: this user's or root's, changed by no other user.</summary>
    public static Trust Configuration => new() { ForbiddenMode = OthersWrite, IsOfRootToo = true, FollowsLinks = true };

    /// <summary>Other programs' configuration, which this one edits: this user's, perhaps its group's; links are resolved before.</summary>
    public static Trust Edited => new() { ForbiddenMode = AllUsersWrite, HasOneName = true };

    /// <summary>A directory that may be made in: this user's or root's, whatever its mode.</summary>
    public static Trust Home => new() { IsOfRootToo = true, FollowsLinks = true };

    /// <summary>What the platform provides, or another program's file that is only looked at: any user's.</summary>
    public static Trust Platform => new() { IsOfAnyUser = true, FollowsLinks = true, IsReadToEnd = true };

    /// <summary>Whether the open file is to be trusted.</summary>
    public Doubt OfFile(in FileStatus status) => !status.IsRegularFile ? Doubt.Kind : HasOneName && status.Links > 1 ? Doubt.Links : Of(status);

    /// <summary>Whether the directory is to be trusted.</summary>
    public Doubt OfDirectory(in FileStatus status) => status.IsDirectory ? Of(status) : Doubt.Kind;

    private Doubt Of(in FileStatus status)
    {
        bool isTrustedOwner = IsOfAnyUser || status.Owner == Libc.GetEffectiveUserId() || (IsOfRootToo && status.Owner == 0);
        return !isTrustedOwner ? Doubt.Owner : (status.Mode & ForbiddenMode) != 0 ? Doubt.Mode : Doubt.None;
    }

    /// <summary>Why a file is not trusted, as a sentence that begins with "it"; null where it is.</summary>
    /// <param name="doubt">Not <see cref="Doubt.Size"/>, which is not this type's to judge.</param>
    /// <param name="status">The file.</param>
    public string? Describe(Doubt doubt, in FileStatus status) => doubt switch
    {
        Doubt.Kind => status.IsDirectory ? "it is a directory" : "it is not a regular file",
        Doubt.Links => "it has another name (a hard link), which would keep the old content",
        Doubt.Owner => $"it belongs to user {status.Owner}",
        Doubt.Mode when ForbiddenMode == Others => $"its mode is {status.Permissions}, open to others",
        Doubt.Mode => $"its mode is {status.Permissions}: other users can write to it",
        _ => null,
    };

    /// <summary>Why a directory is not trusted, as a sentence that begins with "it"; null where it is.</summary>
    public string? WhyNotDirectory(in FileStatus status) =>
        OfDirectory(status) is not Doubt.Kind and var doubt ? Describe(doubt, status) : TrustedDirectory.NotADirectory;
}
