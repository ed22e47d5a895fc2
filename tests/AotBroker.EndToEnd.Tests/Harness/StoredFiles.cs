using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// What a sandbox's cache holds, file by file: after a crash at any instruction each is whole, of a known kind, and private
/// (invariants 4 and 7).
/// </summary>
internal static partial class StoredFiles
{
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerOnlyDirectory = OwnerOnlyFile | UnixFileMode.UserExecute;

    /// <summary>The entry's credential; null where there is no entry.</summary>
    public static string? Credential(Sandbox sandbox) =>
        sandbox.EntryFiles.Count == 0 ? null : Read(sandbox.EntryFile, "credential")["access_token"]!.GetValue<string>();

    /// <summary>Directories that `exec` has published in.</summary>
    public static IReadOnlyList<string> Published(Sandbox sandbox)
    {
        // The directory of the user's own stays, so that nobody else takes its name.
        var own = Path.Combine(sandbox.Temporary, $"aotbroker-{Posix.UserId}");
        string[] folders = [Path.Combine(sandbox.Cache, "exec"), Path.Combine(own, "exec")];
        return
        [
            .. folders.Where(Directory.Exists).SelectMany(Directory.GetDirectories),
            .. Directory.GetDirectories(sandbox.Temporary).Where(directory => directory != own),
        ];
    }

    /// <summary>Waits until the companions of commands that have ended have removed what was published for them.</summary>
    public static async Task UntilNothingIsPublishedAsync(Sandbox sandbox)
    {
        using CancellationTokenSource stop = new(TimeSpan.FromMinutes(1));
        while (Published(sandbox).Count > 0)
        {
            await Task.Delay(20, stop.Token);
        }
    }

    /// <summary>
    /// Names under which something was being written when its process was killed; not those of what holds no secret, which are
    /// removed when they are older.
    /// </summary>
    public static IReadOnlyList<string> Unfinished(Sandbox sandbox) =>
        [.. All(sandbox).Where(path => IsTemporary(path) && File.Exists(path) && !HoldsNoSecret().IsMatch(path))];

    /// <summary>Fails at a file that is corrupt, unknown or open to others.</summary>
    public static void RequireWhole(Sandbox sandbox)
    {
        foreach (var path in All(sandbox))
        {
            var isDirectory = Directory.Exists(path);
            Assert.Equal((path, isDirectory ? OwnerOnlyDirectory : OwnerOnlyFile), (path, File.GetUnixFileMode(path)));
            if (!isDirectory && !IsTemporary(path))
            {
                RequireWhole(path);
            }
        }
    }

    /// <summary>Of a presentation, or of the one further attempt.</summary>
    private static bool IsRecord(string name) => Sandbox.IsRecord(name.EndsWith(".again", StringComparison.Ordinal) ? name[..^".again".Length] : name);

    private static bool IsTemporary(string path) => path.EndsWith(".tmp", StringComparison.Ordinal);

    private static IEnumerable<string> All(Sandbox sandbox) => Directory.Exists(sandbox.Cache)
        ? Directory.EnumerateFileSystemEntries(sandbox.Cache, "*", SearchOption.AllDirectories).Prepend(sandbox.Cache)
        : [];

    private static void RequireWhole(string path)
    {
        var name = Path.GetFileName(path);
        var isEmpty = new FileInfo(path).Length == 0;
        if (name.EndsWith(".lock", StringComparison.Ordinal))
        {
            Assert.True(isEmpty, $"{path} has a content");
            return;
        }

        // A record counts by being there: an empty one is what a full disk lets be made.
        if (isEmpty && IsRecord(name))
        {
            return;
        }

        if (name is "swept" or "presented.lost")
        {
            Assert.Matches("^[0-9]+$", File.ReadAllText(path)); // When that was.
            return;
        }

        Read(path, SchemaOf(path) ?? (
            Sandbox.IsEntry(name) ? "credential"
            : name.EndsWith(".refusal.json", StringComparison.Ordinal) ? "refusal"
            : IsRecord(name) ? "presented-token"
            : throw new InvalidOperationException($"{path} does not belong there")));
    }

    /// <summary>Of a file that was published for a command.</summary>
    private static string? SchemaOf(string path) => Published().Match(path) is not { Success: true } published ? null : published.Groups["kind"].Value switch
    {
        "configs" => "anthropic-profile",
        "credentials" => "anthropic-credentials",
        _ => "profile",
    };

    /// <summary>The document, which has to be whole: whatever is cut short is no JSON, or lacks what its schema requires.</summary>
    private static JsonObject Read(string path, string schema)
    {
        try
        {
            var document = JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
            var required = JsonNode.Parse(File.ReadAllText(Path.Combine(PublishedBinary.RepositoryRoot, $"schemas/{schema}.schema.json")))!["required"];
            foreach (var name in required is null ? [] : required.AsArray().Select(name => name!.GetValue<string>()))
            {
                Assert.True(document.ContainsKey(name), $"it has no {name}");
            }

            return document;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{path} is corrupt: {error.Message}", error);
        }
    }

    [GeneratedRegex(@"/(presented-[^/]+|swept)\.tmp$")]
    private static partial Regex HoldsNoSecret();

    [GeneratedRegex("/exec/[^/]+/(?<kind>configs|credentials|aotbroker)/[^/]+$")]
    private static partial Regex Published();
}
