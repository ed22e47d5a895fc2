namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Alone: a root directory that holds the binary, a CA bundle, resolv.conf and a writable cache, nothing
/// else; an unprivileged user; a network of its own, in which a name is resolved by DNS and served over TLS.
/// </summary>
public sealed class ContainerTests : IAsyncLifetime
{
    private const string Name = "issuer.test";
    private const string User = "65534";

    private readonly string _root;
    private readonly string _files;

    public ContainerTests()
    {
        _root = Sandbox.MakeDirectory("root");
        _files = Sandbox.MakeDirectory("endpoint");
    }

    private Sandbox Sandbox { get; } = new();

    /// <summary>A process of its own: it is what keeps the network namespace.</summary>
    private BrokerProcess? Endpoint { get; set; }

    public async Task InitializeAsync()
    {
        if (!Posix.IsRoot)
        {
            return; // Every test is skipped.
        }

        Endpoint = Sandbox.Start(new Launch(
            "--net",
            "/bin/sh",
            "-c",
            "ip link set lo up && exec \"$@\"",
            "sh",
            NodeClient.Find("dotnet"),
            Path.Combine(AppContext.BaseDirectory, "LocalTokenEndpoint.dll"),
            "--https",
            "443",
            "--name",
            Name,
            "--dns",
            "127.0.0.1:53",
            "--write-dir",
            _files)
        { Program = "unshare", Redirections = ">&2" });
        await Endpoint.WaitForErrorAsync("listening on");
        foreach (var file in new[] { "identity-token", "endpoint.json" })
        {
            Sandbox.SecretFiles.Add(Path.Combine(_files, file));
        }

        await AssembleAsync();
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = $"https://{Name}";
        Sandbox.Environment["ANTHROPIC_FEDERATION_RULE_ID"] = Setting("federation_rule_id");
        Sandbox.Environment["ANTHROPIC_ORGANIZATION_ID"] = Setting("organization_id");
        Sandbox.Environment["ANTHROPIC_IDENTITY_TOKEN"] = Sandbox.AddSecret(await File.ReadAllTextAsync(Path.Combine(_files, "identity-token")));
    }

    [RootFact]
    public async Task Get_works_and_exec_of_itself_serves_the_same_credential()
    {
        var token = (await RunAsync("/aotbroker", "get")).Succeeded().Line;

        Assert.StartsWith("sk-ant-oat01-", token, StringComparison.Ordinal);
        Assert.Equal(token, (await RunAsync("/aotbroker", "exec", "--", "/aotbroker", "get")).Succeeded().Line);
        Assert.Equal(
            ["/aotbroker", "/cache", "/etc", "/etc/resolv.conf", "/etc/ssl", "/etc/ssl/certs", "/etc/ssl/certs/ca-certificates.crt"],
            Directory.GetFileSystemEntries(_root, "*", SearchOption.AllDirectories).Select(path => path[_root.Length..])
                .Where(path => !path.StartsWith("/cache/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [RootFact]
    public async Task Exec_comes_first_and_get_is_served_what_it_brought()
    {
        var token = (await RunAsync("/aotbroker", "exec", "--", "/aotbroker", "get")).Succeeded().Line;

        Assert.Equal(token, (await RunAsync("/aotbroker", "get")).Succeeded().Line);
        (await RunAsync("/aotbroker", "status")).Succeeded();
    }

    [RootFact]
    public async Task With_an_empty_CA_bundle_nobody_is_trusted()
    {
        await File.WriteAllTextAsync(Path.Combine(_root, "etc/ssl/certs/ca-certificates.crt"), "");

        (await RunAsync("/aotbroker", "get")).Failed("AB0602", 6).Says("/etc/ssl/certs/ca-certificates.crt");
    }

    [RootFact]
    public async Task A_certificate_for_another_name_is_refused()
    {
        await File.WriteAllTextAsync(Path.Combine(_root, "etc/hosts"), "127.0.0.1 elsewhere.test\n");
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = "https://elsewhere.test";

        (await RunAsync("/aotbroker", "get")).Failed("AB0602", 6).Says("no trusted connection to elsewhere.test");
    }

    [RootFact]
    public async Task A_name_that_DNS_does_not_know_is_an_error()
    {
        Sandbox.Environment["ANTHROPIC_BASE_URL"] = $"https://not-{Name}";

        (await RunAsync("/aotbroker", "get", "--timeout", "30")).Failed("AB0601", 6).Says("the name cannot be resolved");
    }

    /// <summary>
    /// The usual lines of Debian's and Ubuntu's desktops, Fedora and Arch. Each module here ends the process that loads it,
    /// as those of another release's libc do.
    /// </summary>
    [RootFact]
    public async Task No_module_that_nsswitch_names_is_loaded()
    {
        var source = Sandbox.WriteFile("module.c", "__attribute__((constructor)) static void loaded(void) { __builtin_trap(); }\n");
        var script = $"""
            set -e
            cd '{_root}'
            mkdir -p lib/x86_64-linux-gnu lib/aarch64-linux-gnu usr
            ln -s ../lib usr/lib
            for name in mdns4_minimal mdns4 resolve myhostname mymachines systemd sss nis compat; do
              clang -shared -nostdlib -fPIC -o lib/libnss_$name.so.2 '{source}'
              for arch in x86_64 aarch64; do ln lib/libnss_$name.so.2 lib/$arch-linux-gnu/; done
            done
            """;
        (await Sandbox.RunAsync(new Launch("-c", script) { Program = "/bin/sh" })).Succeeded();
        foreach (var hosts in new[]
        {
            "files mdns4_minimal [NOTFOUND=return] dns",
            "files myhostname resolve [!UNAVAIL=return] dns",
            "mymachines resolve [!UNAVAIL=return] files myhostname dns",
            "nis sss",
        })
        {
            await File.WriteAllTextAsync(Path.Combine(_root, "etc/nsswitch.conf"), $"passwd: systemd sss compat\ngroup: systemd\nhosts: {hosts}\n");

            Sandbox.Environment["ANTHROPIC_BASE_URL"] = $"https://not-{Name}";
            (await RunAsync("/aotbroker", "get", "--force-refresh")).Failed("AB0601", 6).Says("the name cannot be resolved");
        }

        Sandbox.Environment["ANTHROPIC_BASE_URL"] = $"https://{Name}";
        Assert.StartsWith("sk-ant-oat01-", (await RunAsync("/aotbroker", "get")).Succeeded().Line, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task Ten_containers_at_once_that_share_a_cache_make_one_exchange()
    {
        var results = await Sandbox.RunTogetherAsync(10, _ => Inside("/aotbroker", "get"));

        Assert.Single(results.Select(result => result.Succeeded().Line).Distinct());
    }

    public async Task DisposeAsync()
    {
        try
        {
            if (Endpoint is not null)
            {
                Endpoint.Signal(Posix.SignalTerminate);
                Assert.Equal(0, (await Endpoint.WaitAsync()).ExitCode);
            }

            Silence.Check(Sandbox);
        }
        finally
        {
            Sandbox.Dispose();
        }
    }

    private Task<ProcessResult> RunAsync(params string[] command) => Sandbox.RunAsync(Inside(command));

    private Launch Inside(params string[] command) => new([$"--net=/proc/{Endpoint!.Id}/ns/net", "chroot", $"--userspec={User}:{User}", _root, .. command])
    {
        Program = "nsenter",
        Variables = new Dictionary<string, string?>
        {
            ["HOME"] = null,
            ["XDG_CONFIG_HOME"] = null,
            ["TMPDIR"] = null,
            ["AOTBROKER_CACHE_DIR"] = "/cache",
        },
    };

    private async Task AssembleAsync()
    {
        var script = $"""
            set -e
            cd '{_root}'
            mkdir -p etc/ssl/certs cache
            cp '{PublishedBinary.Path}' aotbroker
            cp '{_files}/ca.pem' etc/ssl/certs/ca-certificates.crt
            echo 'nameserver 127.0.0.1' >etc/resolv.conf
            chown {User}:{User} cache
            chmod 0700 cache
            chmod 0755 . etc etc/ssl etc/ssl/certs aotbroker
            chmod 0644 etc/resolv.conf etc/ssl/certs/ca-certificates.crt
            """;
        (await Sandbox.RunAsync(new Launch("-c", script) { Program = "/bin/sh" })).Succeeded();
    }

    private string Setting(string name)
    {
        using var endpoint = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_files, "endpoint.json")));
        return endpoint.RootElement.GetProperty(name).GetString()!;
    }
}
