using System.Security.Cryptography;
using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Publishing;

/// <summary>
/// The directory that `keep` publishes in. A list beside it records what is created there, by its content, before it is
/// created: only that is replaced and removed, including what a killed keeper left. Anything else under the names that are needed
/// belongs to another program or user, and nothing is published there.
/// </summary>
internal sealed class KeptPlace
{
    private const string List = "kept.files";
    private const string Temporary = "kept.tmp";
    private const string Active = "active_config";

    /// <summary>Where the broker's own form is, for the job's steps; the others are every SDK's.</summary>
    private const string FormFolder = "aotbroker";
    private const int LargestFile = 128 * 1024;

    private readonly string _directory;
    private readonly bool _isNew;

    /// <summary>Each line of the list: a digest and a file's name, or nothing and the name of a directory.</summary>
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);

    private KeptPlace(string directory, bool isNew)
    {
        _directory = directory;
        _isNew = isNew;
    }

    /// <summary>What ANTHROPIC_CONFIG_DIR is to name.</summary>
    public string Directory => _directory;

    /// <summary>Creates the directory if it is missing; otherwise checks it, and writes nothing.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>: it cannot be made, is not this user's, or is in use.</exception>
    public static KeptPlace Open(string directory, ResolvedProfile profile)
    {
        Libc.HoldStandardStreams();
        try
        {
            bool isNew = !System.IO.Directory.Exists(directory);
            if (isNew)
            {
                PrivateDirectory.Make(directory);
            }
            PrivateDirectory.RequireOwn(directory);
            KeptPlace place = new(directory, isNew);
            place.RequireFree(profile);
            return place;
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            throw PrivateDirectory.Failed(error);
        }
    }

    /// <summary>Refuses a place in which something else has one of the names that are needed. Call it again when the lock is held.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>.</exception>
    public void RequireFree(ResolvedProfile profile)
    {
        ReadList();
        foreach (string folder in (ReadOnlySpan<string>)["configs", "credentials", FormFolder])
        {
            if (IsThere(folder))
            {
                RequireOwnFolder(folder);
            }
        }
        foreach (string name in Names(profile))
        {
            if (IsThere(name) && !IsOurs(name))
            {
                throw Occupied(WhoseIs(name, profile));
            }
        }
    }

    /// <summary>Writes the profile and its credential, each file as a whole; what is missing is created again.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="credential">Its credential.</param>
    /// <param name="form">The broker's own form; null if there should be none.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>: it cannot be written, or something else was put there.</exception>
    public void Publish(ResolvedProfile profile, Credential credential, byte[]? form = null)
    {
        List<(string Name, byte[] Content)> files = [.. PublishedProfile.Files(profile, credential)];
        if (form is not null)
        {
            files.Add(($"{FormFolder}/{profile.Name}.json", form));
        }
        files.Add((Active, Encoding.UTF8.GetBytes(profile.Name + "\n"))); // Written last: it tells others that everything is ready.
        try
        {
            foreach ((string name, byte[] content) in files)
            {
                if (IsThere(name) && !IsOurs(name))
                {
                    throw Occupied($"{_directory}/{name} is not what was published there");
                }
                // If this process is killed now, the file has its old content or the new one.
                string? present = Present(name);
                _made.RemoveWhere(line => line[0] != ' ' && NameOf(line) == name && line != present);
                _made.Add(Line(content, name));
            }
            ReadOnlySpan<string> folders = form is null ? ["configs", "credentials"] : ["configs", "credentials", FormFolder];
            foreach (string folder in folders)
            {
                if (!IsThere(folder))
                {
                    _made.Add(" " + folder);
                }
            }
            PrivateDirectory.Make(_directory); // If all of it was removed, it is published again.
            PrivateFile.Replace($"{_directory}/{List}", Encoding.UTF8.GetBytes(string.Join('\n', _made) + "\n"), $"{_directory}/{Temporary}");
            foreach (string folder in folders)
            {
                PrivateDirectory.Make($"{_directory}/{folder}");
            }
            foreach ((string name, byte[] content) in files)
            {
                PrivateFile.Replace($"{_directory}/{name}", content, $"{_directory}/{Temporary}");
            }
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            throw PrivateDirectory.Failed(error);
        }
    }

    /// <summary>Removes what was published, and no other file; the directory too, if it was created here and is empty.</summary>
    public void Withdraw()
    {
        foreach (string line in _made)
        {
            if (line[0] != ' ' && NameOf(line) is var name && IsOurs(name))
            {
                _ = Libc.Unlink($"{_directory}/{name}");
            }
        }
        foreach (string line in _made)
        {
            if (line[0] == ' ')
            {
                Libc.RemoveDirectory($"{_directory}/{NameOf(line)}");
            }
        }
        _ = Libc.Unlink($"{_directory}/{Temporary}");
        _ = Libc.Unlink($"{_directory}/{List}");
        if (_isNew)
        {
            _ = Libc.Unlink(CommandDirectories.LockOf(_directory));
            Libc.RemoveDirectory(_directory);
        }
    }

    private static string[] Names(ResolvedProfile profile) => [$"credentials/{profile.Name}.json", $"configs/{profile.Name}.json", $"{FormFolder}/{profile.Name}.json", Active];

    private bool IsThere(string name) => Libc.GetStatus($"{_directory}/{name}", followLink: false, out _) == 0;

    private bool IsOurs(string name) => Present(name) is { } line && _made.Contains(line);

    /// <summary>The line for the file that has this name now; null if that is not a private file.</summary>
    private string? Present(string name)
    {
        FileContent file = PrivateFile.Read($"{_directory}/{name}", LargestFile);
        return file.Status == ReadStatus.Read ? Line(file.Content, name) : null;
    }

    private void RequireOwnFolder(string folder)
    {
        try
        {
            PrivateDirectory.RequireOwn($"{_directory}/{folder}");
        }
        catch (IOException error)
        {
            throw PrivateDirectory.Failed(error);
        }
    }

    private string WhoseIs(string name, ResolvedProfile profile)
    {
        string path = $"{_directory}/{name}";
        if (profile.File is { } file && Libc.RealPath(file) == Libc.RealPath(path))
        {
            return $"{file} is the profile itself";
        }
        FileContent found = PrivateFile.Read(path, LargestFile);
        return found.Status == ReadStatus.Read && AnthropicCredentials.TryRead(found.Content, out AnthropicCredentials? credentials, out _) && credentials.RefreshToken is not null
            ? $"{path} is a login"
            : $"{path} exists, and was not made by a keeper";
    }

    private static string Line(ReadOnlySpan<byte> content, string name) => $"{Convert.ToHexStringLower(SHA256.HashData(content))} {name}";

    private static string NameOf(string line) => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];

    private void ReadList()
    {
        _made.Clear();
        FileContent list = PrivateFile.Read($"{_directory}/{List}", LargestFile);
        if (list.Status == ReadStatus.Missing)
        {
            return;
        }
        if (list.Status != ReadStatus.Read)
        {
            throw Occupied($"{_directory}/{List}: {list.Reason}");
        }
        foreach (string line in Encoding.UTF8.GetString(list.Content).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (IsLine(line))
            {
                _made.Add(line);
            }
        }
    }

    /// <summary>Whether a line is valid: even in a list that another program wrote, none may lead out of the directory.</summary>
    private static bool IsLine(string line) => line is " configs" or " credentials" or $" {FormFolder}"
        || (line.IndexOf(' ', StringComparison.Ordinal) == 64 && NameOf(line) is var name
            && (name == Active || IsFile(name, "configs/") || IsFile(name, "credentials/") || IsFile(name, FormFolder + "/")));

    private static bool IsFile(string name, string folder) =>
        name.StartsWith(folder, StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal) && ProfileName.IsValid(name[folder.Length..^".json".Length]);

    private BrokerException Occupied(string reason) => new(
        ErrorCode.PublishFailed,
        $"nothing is published in {_directory}: {reason}",
        "with --publish, name a directory that nothing else uses");
}
