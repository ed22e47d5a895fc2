using System.Text.Json;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// The image that is made without an engine: unpacked as an engine does, with a root that is mounted read-only, a user
/// that no file knows, and a directory that every user may write to, as an emptyDir is.
/// </summary>
[Collection(ReleaseFolder.Collection)]
public sealed class ImageTests(ReleaseFolder release) : BrokerTest
{
    private const string AnyUser = "174123";

    private string Layout => Path.Combine(Sandbox.Root, "image");

    [RootFact]
    public async Task As_any_user_on_a_root_that_is_read_only_one_exchange_serves_all()
    {
        using var config = await MakeAsync();
        var root = await UnpackAsync();
        var settings = config.RootElement.GetProperty("config");
        Assert.Equal("65532:65532", settings.GetProperty("User").GetString());
        var variables = settings.GetProperty("Env").EnumerateArray().Select(one => one.GetString()!).ToArray();
        var entry = settings.GetProperty("Entrypoint").EnumerateArray().Single().GetString()!;
        var token = Sandbox.AddSecret(Endpoint.Issuer.Mint());

        // What an engine does: the mounts, then the user; the variables are the image's and no more.
        var script = $"""
            set -e
            mount --make-rprivate /
            mount --bind '{root}' '{root}'
            mkdir '{root}/dev'
            mount --bind /dev '{root}/dev'
            mount -t tmpfs -o mode=0777 emptydir '{root}/run/aotbroker'
            mount -o remount,bind,ro '{root}'
            inside() {"{"} chroot --userspec={AnyUser}:{AnyUser} '{root}' /{entry[1..]} "$@"; {"}"}
            ! touch '{root}/written' 2>/dev/null
            inside get
            inside exec -- {entry} get
            ls -A '{root}/run/aotbroker' >&2
            """;
        string[] job =
        [
            $"ANTHROPIC_BASE_URL={Endpoint.Url}",
            $"ANTHROPIC_FEDERATION_RULE_ID={Endpoint.Rule.Id}",
            $"ANTHROPIC_ORGANIZATION_ID={Endpoint.Rule.OrganizationId}",
            $"ANTHROPIC_IDENTITY_TOKEN={token}",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
        ];
        var result = await Sandbox.RunAsync(new Launch(["--mount", "env", "-i", .. variables.Where(one => !one.StartsWith("PATH=", StringComparison.Ordinal)), .. job, "sh", "-c", script]) { Program = "unshare" });

        var tokens = result.SucceededWithNotes().OutputText.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, tokens.Length);
        Assert.Single(tokens.Distinct());
        Assert.Equal("cache", result.ErrorText.Trim());
    }

    [RootFact]
    public async Task It_holds_the_program_the_authorities_and_the_licences_and_no_more()
    {
        (await MakeAsync()).Dispose();
        var root = await UnpackAsync();

        var files = Directory.GetFiles(root, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(root, path)).Where(path => !path.StartsWith("usr/share/doc/aotbroker/", StringComparison.Ordinal));
        Assert.Equal(["aotbroker", "etc/ssl/certs/ca-certificates.crt"], files.Order(StringComparer.Ordinal));
        Assert.Equal(await File.ReadAllTextAsync(Path.Combine(release.Tree, "NOTICE")), await File.ReadAllTextAsync(Path.Combine(root, "usr/share/doc/aotbroker/NOTICE")));
    }

    [Fact]
    public async Task Made_again_it_is_the_same_bytes()
    {
        (await MakeAsync()).Dispose();
        var first = await File.ReadAllTextAsync(Path.Combine(Layout, "index.json"));
        Directory.Delete(Layout, recursive: true);

        (await MakeAsync()).Dispose();

        Assert.Equal(first, await File.ReadAllTextAsync(Path.Combine(Layout, "index.json")));
    }

    [ToolFact("skopeo")]
    public async Task Skopeo_reads_it()
    {
        (await MakeAsync()).Dispose();

        var result = await Sandbox.RunAsync(new Launch("inspect", "--config", $"oci:{Layout}:{release.Version}") { Program = "skopeo" });

        Assert.Contains("/aotbroker", result.SucceededWithNotes().OutputText, StringComparison.Ordinal);
    }

    private string Blob(JsonElement descriptor) => Path.Combine(Layout, "blobs", descriptor.GetProperty("digest").GetString()!.Replace(':', '/'));

    private async Task<JsonDocument> ManifestAsync()
    {
        using var index = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Layout, "index.json")));
        return JsonDocument.Parse(await File.ReadAllBytesAsync(Blob(index.RootElement.GetProperty("manifests")[0])));
    }

    /// <returns>The image's configuration.</returns>
    private async Task<JsonDocument> MakeAsync()
    {
        var certificates = Sandbox.WriteFile("ca.pem", "");
        (await ReleaseFolder.RunScriptAsync(Sandbox, "images/oci.py", Path.Combine(release.Path, release.Name + ".tar.gz"), certificates, Layout)).Succeeded();
        using var manifest = await ManifestAsync();
        return JsonDocument.Parse(await File.ReadAllBytesAsync(Blob(manifest.RootElement.GetProperty("config"))));
    }

    private async Task<string> UnpackAsync()
    {
        var root = Sandbox.MakeDirectory("root");
        using var manifest = await ManifestAsync();
        foreach (var layer in manifest.RootElement.GetProperty("layers").EnumerateArray())
        {
            (await Sandbox.RunAsync(new Launch("-xpzf", Blob(layer), "-C", root) { Program = "tar" })).Succeeded();
        }

        return root;
    }
}
