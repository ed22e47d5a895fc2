namespace AotBroker.EndToEnd.Tests;

/// <summary>The packages of a release: installed, used and removed, without a network.</summary>
[Collection(ReleaseFolder.Collection)]
public sealed class PackageTests(ReleaseFolder release) : IDisposable
{
    private readonly Sandbox _sandbox = new();

    [RootFact]
    public async Task Debians_is_installed_used_and_removed_and_profiles_stay()
    {
        var packages = _sandbox.MakeDirectory("packages");
        (await ReleaseFolder.RunScriptAsync(_sandbox, "deb.sh", "--release", release.Path, "--out", packages)).SucceededWithNotes();
        var package = Assert.Single(Directory.GetFiles(packages));
        Assert.Equal($"aotbroker_{release.Version}_amd64.deb", Path.GetFileName(package));
        var root = MakeDpkgRoot();

        (await DpkgAsync(root, "--install", package)).SucceededWithNotes();

        Assert.StartsWith($"aotbroker {release.Version} ", (await RunAsync(Path.Combine(root, "usr/bin/aotbroker"), "version")).Succeeded().Line, StringComparison.Ordinal);
        Assert.Superset(
            new HashSet<string>
            {
                "usr/share/man/man1/aotbroker-get.1.gz", "usr/share/man/man5/aotbroker-profile.5.gz", "usr/share/doc/aotbroker/copyright",
                "usr/share/bash-completion/completions/aotbroker", "usr/share/zsh/vendor-completions/_aotbroker", "usr/share/fish/vendor_completions.d/aotbroker.fish",
            },
            Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).ToHashSet());
        Assert.Equal("", (await DpkgAsync(root, "--verify", "aotbroker")).Succeeded().OutputText);

        var profile = Path.Combine(root, "etc/aotbroker/profiles/ci.json");
        await File.WriteAllTextAsync(profile, "{}");
        (await DpkgAsync(root, "--purge", "aotbroker")).SucceededWithNotes();
        Assert.False(File.Exists(Path.Combine(root, "usr/bin/aotbroker")));
        Assert.True(File.Exists(profile));
    }

    [RootFact]
    public async Task Debians_made_again_is_the_same_bytes()
    {
        foreach (var name in new[] { "one", "other" })
        {
            (await ReleaseFolder.RunScriptAsync(_sandbox, "deb.sh", "--release", release.Path, "--out", Path.Combine(_sandbox.Root, name))).SucceededWithNotes();
        }

        var file = $"aotbroker_{release.Version}_amd64.deb";
        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(_sandbox.Root, "one", file)), await File.ReadAllBytesAsync(Path.Combine(_sandbox.Root, "other", file)));
    }

    [Fact]
    public async Task Npms_is_installed_from_its_files_and_is_the_program()
    {
        var packages = _sandbox.MakeDirectory("packages");
        (await ReleaseFolder.RunScriptAsync(_sandbox, "npm.sh", "--release", release.Path, "--out", packages)).SucceededWithNotes();
        var project = _sandbox.MakeDirectory("project");
        await File.WriteAllTextAsync(Path.Combine(project, "package.json"), """{"private":true}""");
        var files = Directory.GetFiles(packages);
        Assert.Equal(2, files.Length);
        string[] install = ["install", "--offline", "--no-audit", "--no-fund", "--prefix", project, .. files];
        (await RunAsync(NodeClient.Find("npm"), install)).SucceededWithNotes();

        var command = Path.Combine(project, "node_modules/.bin/aotbroker");
        Assert.StartsWith($"aotbroker {release.Version} ", (await RunNodeAsync(command, "version")).Succeeded().Line, StringComparison.Ordinal);
        (await RunNodeAsync(command, "get", "--format", "none-such")).Failed("AB0201", 2);

        // Signals, and how it ended, come through.
        var started = _sandbox.Start(new Launch("-c", $"'{command}' exec --help >/dev/null; '{command}' completion nothing; echo $?") { Program = "sh", Variables = NodePath });
        Assert.Equal("2", (await started.WaitAsync()).SucceededWithNotes().Line);

        Directory.Delete(Path.Combine(project, "node_modules/@aotbroker"), recursive: true);
        var missing = await RunNodeAsync(command, "version");
        Assert.Equal(1, missing.ExitCode);
        missing.Says("@aotbroker/linux-x64 is not installed").Says("--include=optional");
    }

    [Fact]
    public async Task Homebrews_formula_has_the_release_s_checksums_and_no_platform_that_is_not_there()
    {
        var formula = (await ReleaseFolder.RunScriptAsync(
            _sandbox, "homebrew.sh", "--release", release.Path, "--address", "https://example.test/v1/", "--homepage", "https://example.test/")).Succeeded().OutputText;

        var sum = File.ReadLines(Path.Combine(release.Path, "SHA256SUMS")).Single(line => line.EndsWith(release.Name + ".tar.gz", StringComparison.Ordinal))[..64];
        Assert.Contains($"url \"https://example.test/v1/{release.Name}.tar.gz\"\n      sha256 \"{sum}\"\n", formula, StringComparison.Ordinal);
        Assert.DoesNotContain("on_macos", formula, StringComparison.Ordinal);
        Assert.DoesNotContain("on_arm", formula, StringComparison.Ordinal);
        Assert.DoesNotContain("@", formula.Replace("#{bin}", "", StringComparison.Ordinal), StringComparison.Ordinal);
        var lines = formula.Split('\n').Select(line => line.Trim()).ToArray();
        Assert.Equal(lines.Count(line => line.EndsWith(" do", StringComparison.Ordinal) || line.StartsWith("class ", StringComparison.Ordinal) || line.StartsWith("def ", StringComparison.Ordinal)), lines.Count(line => line == "end"));
    }

    public void Dispose()
    {
        Silence.Check(_sandbox);
        _sandbox.Dispose();
    }

    private static Dictionary<string, string?> NodePath => new() { ["PATH"] = $"{Path.GetDirectoryName(NodeClient.Find("node"))}:/usr/bin:/bin" };

    private Task<ProcessResult> RunAsync(string program, params string[] arguments) => _sandbox.RunAsync(new Launch(arguments) { Program = program });

    private Task<ProcessResult> RunNodeAsync(string program, params string[] arguments) => _sandbox.RunAsync(new Launch(arguments) { Program = program, Variables = NodePath });

    /// <summary>A root in which dpkg has installed nothing yet.</summary>
    private string MakeDpkgRoot()
    {
        var root = _sandbox.MakeDirectory("root");
        foreach (var directory in new[] { "info", "updates", "triggers" })
        {
            Directory.CreateDirectory(Path.Combine(root, "var/lib/dpkg", directory));
        }

        File.WriteAllText(Path.Combine(root, "var/lib/dpkg/status"), "");
        File.WriteAllText(Path.Combine(root, "var/lib/dpkg/available"), "");
        return root;
    }

    private Task<ProcessResult> DpkgAsync(string root, params string[] arguments) => RunAsync("dpkg", [$"--root={root}", "--log=/dev/null", .. arguments]);
}
