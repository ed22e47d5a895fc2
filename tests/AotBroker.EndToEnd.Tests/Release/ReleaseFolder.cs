using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>What publish/release.sh makes of the program under test; made once for all tests that look at it.</summary>
public sealed class ReleaseFolder : IAsyncLifetime
{
    internal const string Collection = "release";

    private Sandbox Sandbox { get; } = new();

    /// <summary>The folder with the archives and SHA256SUMS.</summary>
    public string Path => System.IO.Path.Combine(Sandbox.Root, "release");

    public string Version { get; private set; } = "";

    /// <summary><c>aotbroker-1.2.3-linux-x64</c></summary>
    public string Name { get; private set; } = "";

    /// <summary>The archive, unpacked.</summary>
    public string Tree => System.IO.Path.Combine(Sandbox.Root, "unpacked", Name);

    public async Task InitializeAsync()
    {
        (await MakeAsync(Sandbox, Path)).SucceededWithNotes();
        using var version = JsonDocument.Parse((await Sandbox.RunAsync("version", "--json")).Succeeded().Line);
        Version = version.RootElement.GetProperty("version").GetString()!;
        Name = $"aotbroker-{Version}-{version.RootElement.GetProperty("platform").GetString()}";
        var unpacked = Sandbox.MakeDirectory("unpacked");
        (await Sandbox.RunAsync(new Launch("-xzf", System.IO.Path.Combine(Path, Name + ".tar.gz"), "-C", unpacked) { Program = "tar" })).Succeeded();
    }

    /// <summary>Runs a script of publish/, with this machine's own home and PATH: it needs git, and the packages of the build.</summary>
    internal static Task<ProcessResult> RunScriptAsync(Sandbox sandbox, string script, params string[] arguments) =>
        sandbox.RunAsync(new Launch(arguments)
        {
            Program = System.IO.Path.Combine(PublishedBinary.RepositoryRoot, "publish", script),
            Variables = new Dictionary<string, string?>
            {
                ["HOME"] = Environment.GetEnvironmentVariable("HOME"),
                ["PATH"] = Environment.GetEnvironmentVariable("PATH"),
                ["NUGET_PACKAGES"] = Environment.GetEnvironmentVariable("NUGET_PACKAGES"),
            },
        });

    internal static Task<ProcessResult> MakeAsync(Sandbox sandbox, string folder) =>
        RunScriptAsync(sandbox, "release.sh", "--snapshot", "--binary", PublishedBinary.Path, "--out", folder);

    public Task DisposeAsync()
    {
        Sandbox.Dispose();
        return Task.CompletedTask;
    }
}

[CollectionDefinition(ReleaseFolder.Collection)]
public sealed class ReleaseTestGroup : ICollectionFixture<ReleaseFolder>;
