using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A release: everything that a stranger needs to install the program and to check what it is.</summary>
[Collection(ReleaseFolder.Collection)]
public sealed class ReleaseTests(ReleaseFolder release) : IDisposable
{
    private const long LargestXz = 5_000_000;
    private const long LargestGzip = 5 * 1024 * 1024;

    private readonly Sandbox _sandbox = new();

    [Fact]
    public void The_archive_holds_the_program_its_pages_its_completions_and_every_licence()
    {
        var files = Directory.GetFiles(release.Tree, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(release.Tree, path)).ToHashSet();

        Assert.Superset(
            new HashSet<string>
            {
                "aotbroker", "LICENSE", "NOTICE", "sbom.spdx.json", "sbom.cdx.json",
                "completions/_aotbroker", "completions/aotbroker.bash", "completions/aotbroker.fish",
                "man/man1/aotbroker.1", "man/man1/aotbroker-get.1", "man/man5/aotbroker-profile.5",
                "LICENSES/Apache-2.0.txt", "LICENSES/LGPL-2.1.txt", "LICENSES/GPL-3.0.txt", "LICENSES/glibc-copyright.txt",
                "LICENSES/dotnet-LICENSE.txt", "LICENSES/dotnet-THIRD-PARTY-NOTICES.txt",
            },
            files);
        Assert.Equal(File.ReadAllBytes(PublishedBinary.Path), File.ReadAllBytes(Path.Combine(release.Tree, "aotbroker")));
        Assert.All(files.Where(name => name.StartsWith("LICENSES/", StringComparison.Ordinal)), name => Assert.NotEmpty(File.ReadAllBytes(Path.Combine(release.Tree, name))));
    }

    [Fact]
    public void The_archives_are_small_to_download()
    {
        Assert.InRange(new FileInfo(Path.Combine(release.Path, release.Name + ".tar.xz")).Length, 1, LargestXz);
        Assert.InRange(new FileInfo(Path.Combine(release.Path, release.Name + ".tar.gz")).Length, 1, LargestGzip);
    }

    [Fact]
    public async Task Every_file_is_in_SHA256SUMS()
    {
        var listed = await File.ReadAllLinesAsync(Path.Combine(release.Path, "SHA256SUMS"));

        Assert.Equal(
            Directory.GetFiles(release.Path).Select(Path.GetFileName).Where(name => name != "SHA256SUMS").Order(StringComparer.Ordinal),
            listed.Select(line => line[(64 + "  ".Length)..]));
        (await _sandbox.RunAsync(new Launch("-c", $"cd '{release.Path}' && sha256sum --check --strict --quiet SHA256SUMS") { Program = "sh" })).Succeeded();
    }

    [Fact]
    public async Task Made_again_in_another_place_it_is_the_same_bytes()
    {
        _sandbox.Environment["TZ"] = "Asia/Kolkata";
        _sandbox.Environment["LC_ALL"] = "C.UTF-8";
        var again = Path.Combine(_sandbox.Root, "again");

        (await ReleaseFolder.MakeAsync(_sandbox, again)).SucceededWithNotes();

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(release.Path, "SHA256SUMS")), await File.ReadAllTextAsync(Path.Combine(again, "SHA256SUMS")));
    }

    [Fact]
    public async Task Entries_belong_to_nobody_and_are_as_old_as_the_commit()
    {
        var listed = (await _sandbox.RunAsync(new Launch("--numeric-owner", "--full-time", "-tvf", Path.Combine(release.Path, release.Name + ".tar.xz")) { Program = "tar" }))
            .Succeeded().OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.All(listed, line => Assert.Matches("^(drwxr-xr-x|-rw-r--r--|-rwxr-xr-x) 0/0 ", line));
        Assert.Single(listed.Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3..5])).Distinct());
        var names = listed.Select(line => line.Split(' ')[^1]).ToArray();
        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public async Task Both_lists_of_parts_name_what_the_program_says_it_is_made_of()
    {
        using var version = JsonDocument.Parse((await _sandbox.RunAsync("version", "--json")).Succeeded().Line);
        var facts = version.RootElement;
        using var spdx = Read("spdx.json");
        using var cyclonedx = Read("cdx.json");
        Assert.Equal("SPDX-2.3", spdx.RootElement.GetProperty("spdxVersion").GetString());
        Assert.Equal("1.5", cyclonedx.RootElement.GetProperty("specVersion").GetString());
        var inSpdx = spdx.RootElement.GetProperty("packages").EnumerateArray()
            .ToDictionary(part => part.GetProperty("name").GetString()!, part => part.GetProperty("versionInfo").GetString()!);
        var inCycloneDx = cyclonedx.RootElement.GetProperty("components").EnumerateArray()
            .ToDictionary(part => part.GetProperty("name").GetString()!, part => part.GetProperty("version").GetString()!);

        Assert.Equal(facts.GetProperty("version").GetString(), inSpdx["aotbroker"]);
        foreach (var parts in new[] { inSpdx, inCycloneDx })
        {
            Assert.Equal(facts.GetProperty("framework").GetString(), ".NET " + parts[".NET"]);
            Assert.StartsWith(facts.GetProperty("openssl").GetString()!, parts["OpenSSL"], StringComparison.Ordinal);
            Assert.StartsWith(facts.GetProperty("glibc").GetString()!, parts["GNU C Library"], StringComparison.Ordinal);
        }

        using var locked = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(PublishedBinary.RepositoryRoot, "src/AotBroker/packages.lock.json")));
        foreach (var package in locked.RootElement.GetProperty("dependencies").EnumerateObject().First().Value.EnumerateObject())
        {
            Assert.Equal(package.Value.GetProperty("resolved").GetString(), inSpdx[package.Name]);
            Assert.Equal(package.Value.GetProperty("resolved").GetString(), inCycloneDx[package.Name]);
        }
    }

    [Fact]
    public async Task What_is_linked_in_has_its_licence_in_the_notice_that_the_program_prints()
    {
        var notice = (await _sandbox.RunAsync("licenses")).Succeeded().OutputText;

        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(release.Tree, "NOTICE")), notice);
        using var cyclonedx = Read("cdx.json");
        foreach (var part in cyclonedx.RootElement.GetProperty("components").EnumerateArray().Where(part => part.GetProperty("scope").GetString() == "required"))
        {
            Assert.Contains(part.GetProperty("name").GetString()!, notice, StringComparison.Ordinal);
            var license = part.GetProperty("licenses")[0];
            Assert.Contains(license.TryGetProperty("expression", out var expression) ? expression.GetString()! : license.GetProperty("license").GetProperty("id").GetString()!, notice, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Another_version_than_the_repositorys_is_refused() =>
        Assert.Contains("not 99.0.0", (await ReleaseFolder.RunScriptAsync(_sandbox, "release.sh", "99.0.0", "--snapshot")).ErrorText, StringComparison.Ordinal);

    [Fact]
    public async Task A_version_without_a_section_in_the_changelog_and_another_commits_program_are_refused()
    {
        var copy = _sandbox.MakeDirectory("repository");
        var script = $"""
            set -e
            cd '{PublishedBinary.RepositoryRoot}'
            cp -r --parents publish/release.sh publish/prerequisites.sh publish/release Directory.Build.props LICENSE NOTICE src/AotBroker/packages.lock.json '{copy}'
            cd '{copy}'
            echo '# Changelog' >CHANGELOG.md
            git init -q .
            git add .
            git -c user.name=test -c user.email=test@localhost commit -q -m first
            ! publish/release.sh --binary '{PublishedBinary.Path}' --out out 2>error || exit 3
            grep -q 'no section "## {release.Version}"' error
            echo '## {release.Version} - 2026-01-31' >>CHANGELOG.md
            ! publish/release.sh --binary '{PublishedBinary.Path}' --out out 2>error || exit 4
            grep -q 'files differ from the commit' error
            git -c user.name=test -c user.email=test@localhost commit -q -a -m second
            ! publish/release.sh --binary '{PublishedBinary.Path}' --out out 2>error || exit 5
            grep -q "is of commit .*, not $(git rev-parse HEAD)" error
            [ ! -e out ]
            """;

        (await _sandbox.RunAsync(new Launch("-c", script) { Program = "bash", Variables = new Dictionary<string, string?> { ["PATH"] = Environment.GetEnvironmentVariable("PATH") } })).Succeeded();
    }

    public void Dispose()
    {
        Silence.Check(_sandbox);
        _sandbox.Dispose();
    }

    private JsonDocument Read(string ending) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(release.Path, $"{release.Name}.{ending}")));
}
