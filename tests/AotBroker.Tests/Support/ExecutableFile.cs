using System.Diagnostics;

namespace AotBroker.Tests;

/// <summary>A program that a test writes.</summary>
/// <remarks>
/// Not by this process: what it has open to write, a program that another test is just starting has open too for an instant,
/// and what anybody has open to write cannot be run ("Text file busy").
/// </remarks>
internal static class ExecutableFile
{
    /// <summary>Writes it, in a directory that is there.</summary>
    public static void Write(string path, byte[] content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserExecute)
    {
        string draft = path + ".draft";
        File.WriteAllBytes(draft, content);
        Copy(draft, path);
        File.Delete(draft);
        File.SetUnixFileMode(path, mode);
    }

    /// <summary>Makes a copy of a program.</summary>
    public static void Copy(string program, string path)
    {
        using Process copy = Process.Start(new ProcessStartInfo("/bin/cp", ["--", program, path]))!;
        copy.WaitForExit();
        Assert.True(copy.ExitCode == 0, $"{path} could not be written");
    }
}
