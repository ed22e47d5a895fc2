using System.Text;

namespace AotBroker.Tests;

/// <summary>A program of a test's own, in the machine's home.</summary>
internal static class Script
{
    public static string Write(Machine machine, string name, string body)
    {
        string path = machine.Home[name];
        ExecutableFile.Write(path, Encoding.UTF8.GetBytes("#!/bin/sh\n" + body + "\n"));
        return path;
    }
}
