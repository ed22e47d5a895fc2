namespace AotBroker.Tests;

/// <summary>A program of a test's own, in the machine's home.</summary>
internal static class Script
{
    public static string Write(Machine machine, string name, string body)
    {
        string path = machine.Home.Write(name, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
