using System.Text;
using AotBroker.Files;

namespace AotBroker.Tests;

/// <summary>A private directory of a test's own, removed at its end.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode ReadableByOthers = Private | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode WritableByGroup = Private | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
    public const UnixFileMode PrivateDirectory = Private | UnixFileMode.UserExecute;

    public string Path { get; } = Directory.CreateTempSubdirectory("aotbroker-tests-").FullName;

    /// <summary>The path of a file or directory below this one.</summary>
    public string this[string name] => $"{Path}/{name}";

    public string Write(string name, string content, UnixFileMode mode = Private) => Write(name, Encoding.UTF8.GetBytes(content), mode);

    /// <summary>Writes a file, and makes the directories on the way.</summary>
    /// <returns>Its path.</returns>
    public string Write(string name, byte[] content, UnixFileMode mode = Private)
    {
        string path = this[name];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!, PrivateDirectory);
        File.WriteAllBytes(path, content);
        File.SetUnixFileMode(path, mode);
        return path;
    }

    public string MakeDirectory(string name, UnixFileMode mode = PrivateDirectory)
    {
        string path = Directory.CreateDirectory(this[name]).FullName;
        File.SetUnixFileMode(path, mode);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
