using System.Security.Cryptography;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// What somebody may have put where the broker opens a file, and the victim behind it: a private file of the user's that
/// must neither be written nor be read into anything.
/// </summary>
internal sealed class Plant
{
    private const UnixFileMode Everybody = (UnixFileMode)0b110_110_110;
    private const UnixFileMode EverybodyEnters = (UnixFileMode)0b111_111_111;
    private const string Nobody = "65534";

    private readonly Sandbox _sandbox;
    private readonly string _secret;
    private DateTime _written;

    public Plant(Sandbox sandbox)
    {
        _sandbox = sandbox;
        _secret = sandbox.AddSecret("root:" + RandomNumberGenerator.GetHexString(32, lowercase: true) + ":0:0");
        Victim = sandbox.WriteFile("elsewhere/victim", _secret);
        VictimDirectory = Path.GetDirectoryName(Victim)!;
        sandbox.SecretFiles.Add(Victim);
        _written = File.GetLastWriteTimeUtc(Victim);
    }

    public string Victim { get; }

    public string VictimDirectory { get; }

    /// <summary>Puts it there. A file that is there already keeps its content where the kind is about modes and owners.</summary>
    /// <param name="kind">What.</param>
    /// <param name="path">Where.</param>
    public async Task PutAsync(string kind, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, (UnixFileMode)0b111_000_000);
        var isThere = File.Exists(path) || Directory.Exists(path);
        if (kind is not ("wide" or "foreign"))
        {
            Clear(path);
        }
        else if (!isThere)
        {
            await File.WriteAllTextAsync(path, "");
        }

        switch (kind)
        {
            case "link":
                File.CreateSymbolicLink(path, Victim);
                break;
            case "link to a directory":
                File.CreateSymbolicLink(path, VictimDirectory);
                break;
            case "dangling link":
                File.CreateSymbolicLink(path, Path.Combine(VictimDirectory, "not-there"));
                break;
            case "FIFO":
                Posix.MakeFifo(path);
                break;
            case "directory":
                Directory.CreateDirectory(path, (UnixFileMode)0b111_000_000);
                break;
            case "device":
                // Reading it never ends.
                await RunAsync("/bin/mknod", "-m", "600", path, "c", "1", "5");
                break;
            case "hard link":
                await RunAsync("/bin/ln", Victim, path);
                break;
            case "wide":
                File.SetUnixFileMode(path, Directory.Exists(path) ? EverybodyEnters : Everybody);
                break;
            case "foreign":
                await RunAsync("/bin/chown", Nobody, path);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, null);
        }

        // Where a victim gets another name, nothing about it has been written.
        _written = File.GetLastWriteTimeUtc(Victim);
    }

    /// <summary>The victim is as it was, alone in its directory, and nowhere in what a process wrote.</summary>
    public void IsUntouched(ProcessResult result)
    {
        Assert.Equal(_secret, File.ReadAllText(Victim));
        Assert.Equal(_written, File.GetLastWriteTimeUtc(Victim));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Victim));
        Assert.Equal([Victim], Directory.GetFileSystemEntries(VictimDirectory));
        Assert.DoesNotContain(_secret, result.OutputText, StringComparison.Ordinal);
        Assert.DoesNotContain(_secret, result.ErrorText, StringComparison.Ordinal);
    }

    /// <summary>Takes away whatever is there, and not what it leads to.</summary>
    public static void Clear(string path)
    {
        if (new FileInfo(path).LinkTarget is null && Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else if (Directory.Exists(Path.GetDirectoryName(path)))
        {
            File.Delete(path);
        }
    }

    private async Task RunAsync(string program, params string[] arguments) =>
        (await _sandbox.RunAsync(new Launch(arguments) { Program = program })).Succeeded();
}
