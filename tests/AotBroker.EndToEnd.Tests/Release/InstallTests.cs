using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace AotBroker.EndToEnd.Tests;

/// <summary>The install script, by the shells of small images; from a folder, and from a server of this machine.</summary>
[Collection(ReleaseFolder.Collection)]
public sealed class InstallTests(ReleaseFolder release) : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public static TheoryData<string> Shells
    {
        get
        {
            TheoryData<string> shells = ["sh"];
            foreach (var (program, command) in new[] { ("dash", "dash"), ("busybox", "busybox sh"), ("bash", "bash --posix") })
            {
                if (ToolFactAttribute.IsThere(program))
                {
                    shells.Add(command);
                }
            }

            return shells;
        }
    }

    private string Target => Path.Combine(_sandbox.Root, "bin");

    private string Installed => Path.Combine(Target, "aotbroker");

    private static string Script => Path.Combine(PublishedBinary.RepositoryRoot, "publish/install.sh");

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task It_installs_the_program_and_run_again_changes_nothing(string shell)
    {
        (await InstallAsync(shell)).SucceededWithNotes().Says($"installed {Installed}: aotbroker {release.Version} ").Says("is not in PATH");
        Assert.Equal(await File.ReadAllBytesAsync(PublishedBinary.Path), await File.ReadAllBytesAsync(Installed));
        var first = File.GetLastWriteTimeUtc(Installed);

        (await InstallAsync(shell)).SucceededWithNotes().Says("is already this version");

        Assert.Equal(first, File.GetLastWriteTimeUtc(Installed));
        Assert.Equal(["aotbroker"], Directory.GetFileSystemEntries(Target).Select(Path.GetFileName));
        Assert.Empty(Directory.GetFileSystemEntries(_sandbox.Temporary));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task What_has_another_checksum_is_not_installed_and_what_was_there_stays(string shell)
    {
        var folder = Copy();
        var archive = Path.Combine(folder, release.Name + ".tar.gz");
        var content = await File.ReadAllBytesAsync(archive);
        content[^20] ^= 1;
        await File.WriteAllBytesAsync(archive, content);
        _sandbox.WriteFile("bin/aotbroker", "the old one");

        var result = await InstallAsync(shell, folder);

        Assert.Equal(1, result.ExitCode);
        result.Says("does not match SHA256SUMS").Says("do not use it");
        Assert.Equal("the old one", await File.ReadAllTextAsync(Installed));
    }

    [Theory]
    [MemberData(nameof(Shells))]
    public async Task Another_version_replaces_the_old_one(string shell)
    {
        _sandbox.WriteFile("bin/aotbroker", "the old one");

        (await InstallAsync(shell, release.Path, "--version", "v" + release.Version)).SucceededWithNotes();

        Assert.Equal(await File.ReadAllBytesAsync(PublishedBinary.Path), await File.ReadAllBytesAsync(Installed));
    }

    [Theory]
    [InlineData("AOTBROKER_RELEASE_URL is not set", "")]
    [InlineData("the address must begin with https://", "http://127.0.0.1:1/")]
    [InlineData("the address must begin with https://", "ftp://127.0.0.1:1/")]
    [InlineData("there is no /nowhere/SHA256SUMS", "/nowhere")]
    [InlineData("there is no /nowhere/SHA256SUMS", "file:///nowhere/")]
    [InlineData("no archive for version 0.0.9 on", "RELEASE", "--version", "0.0.9")]
    [InlineData("is not a version", "RELEASE", "--version", "../../etc")]
    [InlineData("name a version with --version", "https://127.0.0.1:1/{version}")]
    [InlineData("--dir needs a value", "RELEASE", "--dir")]
    [InlineData("--dir needs a value", "RELEASE", "--dir", "")]
    [InlineData("unknown option: --force", "RELEASE", "--force")]
    [InlineData("cannot be created", "RELEASE", "--dir", "/dev/null/bin")]
    public async Task What_cannot_be_is_told_with_what_to_do(string message, string address, params string[] arguments)
    {
        var result = await InstallAsync("sh", address == "RELEASE" ? release.Path : address, arguments);

        Assert.NotEqual(0, result.ExitCode);
        result.Says(message);
        Assert.False(File.Exists(Installed));
        Assert.Empty(Directory.GetFileSystemEntries(_sandbox.Temporary));
    }

    [Fact]
    public async Task Of_several_versions_one_is_named()
    {
        var folder = Copy();
        var sums = Path.Combine(folder, "SHA256SUMS");
        await File.AppendAllTextAsync(sums, $"{new string('0', 64)}  {release.Name.Replace(release.Version, "99.0.0", StringComparison.Ordinal)}.tar.gz\n");

        (await InstallAsync("sh", folder)).Says("there are several versions");
        (await InstallAsync("sh", folder, "--version", release.Version)).SucceededWithNotes();
    }

    [Fact]
    public async Task A_script_that_broke_off_in_the_download_does_nothing()
    {
        var whole = await File.ReadAllTextAsync(Script);
        for (var length = 0; length < whole.TrimEnd().Length - "main \"$@\"".Length; length += 97)
        {
            var part = _sandbox.WriteFile("part.sh", whole[..length]);
            await _sandbox.RunAsync(new Launch(part, "--dir", Target) { Program = "sh", Variables = new Dictionary<string, string?> { ["AOTBROKER_RELEASE_URL"] = release.Path } });
            Assert.False(Directory.Exists(Target));
        }
    }

    [ToolFact("curl")]
    public async Task It_downloads_over_TLS_and_follows_no_redirect_to_plain_HTTP()
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Sign();
        List<string> plain = [];
        await using var other = new Server(async (stream, stop) => plain.Add(await HttpTalk.ReadHeadAsync(stream, stop)));
        await using var server = new Server(Server.Tls(certificate, async (stream, stop) =>
        {
            var path = Regex.Match(await HttpTalk.ReadHeadAsync(stream, stop), "^GET (\\S+) ").Groups[1].Value;
            var file = Path.Combine(release.Path, Path.GetFileName(path));
            if (path.StartsWith("/moved/", StringComparison.Ordinal))
            {
                await HttpTalk.SayAsync(stream, $"HTTP/1.1 302 Found\r\nLocation: http://{other.Authority}{path}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", stop);
            }
            else if (File.Exists(file))
            {
                await HttpTalk.SayAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: {new FileInfo(file).Length}\r\nConnection: close\r\n\r\n", stop);
                await stream.WriteAsync(await File.ReadAllBytesAsync(file, stop), stop);
            }
        }));
        _sandbox.Environment["CURL_CA_BUNDLE"] = _sandbox.WriteFile("ca.pem", certificates.AuthorityPem);

        (await InstallAsync("sh", $"https://{server.Authority}/moved")).Says("cannot be downloaded");
        Assert.Empty(plain);
        Assert.False(File.Exists(Installed));

        (await InstallAsync("sh", $"https://{server.Authority}/v{{version}}", "--version", release.Version)).SucceededWithNotes();
        Assert.Equal(SHA256.HashData(await File.ReadAllBytesAsync(PublishedBinary.Path)), SHA256.HashData(await File.ReadAllBytesAsync(Installed)));

        File.Delete(Installed);
        _sandbox.Environment.Remove("CURL_CA_BUNDLE");
        (await InstallAsync("sh", $"https://{server.Authority}/untrusted")).Says("cannot be downloaded");
        Assert.False(File.Exists(Installed));
    }

    public void Dispose()
    {
        Silence.Check(_sandbox);
        _sandbox.Dispose();
    }

    private Task<ProcessResult> InstallAsync(string shell, string? address = null, params string[] arguments)
    {
        var words = shell.Split(' ');
        return _sandbox.RunAsync(new Launch([.. words[1..], Script, .. arguments is ["--dir", ..] ? [] : new[] { "--dir", Target }, .. arguments])
        {
            Program = words[0],
            Variables = new Dictionary<string, string?> { ["AOTBROKER_RELEASE_URL"] = address ?? release.Path },
        });
    }

    private string Copy()
    {
        var folder = _sandbox.MakeDirectory("copy");
        Array.ForEach(Directory.GetFiles(release.Path), path => File.Copy(path, Path.Combine(folder, Path.GetFileName(path))));
        return folder;
    }
}
