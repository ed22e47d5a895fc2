namespace AotBroker.EndToEnd.Tests;

/// <summary>A test that runs a client of somebody else's; skipped, and so counted, where the machine has none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClientFactAttribute : FactAttribute
{
    public ClientFactAttribute(string program)
    {
        if (Find(program) is null)
        {
            Skip = $"there is no {program}";
        }
    }

    /// <summary>The program's path; null where PATH has none.</summary>
    public static string? Find(string program) => (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);
}
