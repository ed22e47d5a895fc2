using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>cargo reads from and publishes to a private registry with what the broker exchanges.</summary>
[Collection(Bursts.Name)]
public sealed class CargoTests : ClientTest
{
    /// <summary>The first with `cargo info`; credential providers came with 1.74.</summary>
    private const string Version = "1.82";

    private CrateRegistry _crates = null!;
    private Imitation _registry = null!;

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _crates = new CrateRegistry { IsAccepted = authorization => authorization == Tokens.Token };
        _registry = await ImitateAsync(_crates.AnswerAsync);
        var toolchain = Path.GetDirectoryName(ClientProgram.Find("cargo", Version).Path) ?? "";
        var links = Sandbox.MakeDirectory("links");
        (await Sandbox.RunAsync("link", links)).Succeeded();
        Sandbox.Environment["PATH"] = $"{links}:{toolchain}:{Sandbox.Environment["PATH"]}";
    }

    [ClientTheory("cargo", Version)]
    [InlineData("cargo-credential-aotbroker")]
    [InlineData("@PROGRAM@ cargo --profile crates")]
    public async Task Ten_at_once_read_the_registry_with_one_exchange(string provider)
    {
        await UseAsync(provider);

        var results = await RunTogetherAsync("info", "--registry", "local", "widget");

        Assert.All(results, result => Assert.Contains("version: 1.2.3", result.SucceededWithNotes().OutputText, StringComparison.Ordinal));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("cargo", Version)]
    public async Task Ten_at_once_publish_with_one_exchange()
    {
        await UseAsync();

        var results = await Sandbox.RunTogetherAsync(Many, i => Cargo(i, "publish", "--no-verify", "--registry", "local", "--manifest-path", NewPackage($"package{i}")));

        Assert.All(results, result => result.SucceededWithNotes());
        Assert.Equal(Many, _crates.Published);
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("cargo", Version)]
    public async Task Where_the_exchange_is_refused_cargo_tells_the_reason()
    {
        await UseAsync();
        Tokens.Refusal = (400, """{"errors":[{"detail":"The Trusted Publishing config for repository `example-org/example` does not match"}]}""");

        var results = await RunTogetherAsync("info", "--registry", "local", "widget");

        Assert.All(results, result => Assert.Equal(101, result.ExitCode));
        Assert.All(results, result => result.Says("AB0501").Says("does not match"));
        Assert.Equal(1, Tokens.Asked);
    }

    [ClientFact("cargo", Version)]
    public async Task A_registry_that_the_profile_does_not_serve_gets_no_token()
    {
        await UseAsync(hosts: "127.0.0.1:1");

        var result = await Sandbox.RunAsync(Cargo(0, "info", "--registry", "local", "widget"));

        Assert.Equal(101, result.ExitCode);
        result.Says("no credential providers could handle the request");
        Assert.Equal(0, Tokens.Asked);
        Assert.NotEmpty(_registry.Requests);
        Assert.All(_registry.Requests, request => Assert.Null(request.Authorization));
    }

    private async Task UseAsync(string provider = "cargo-credential-aotbroker", string? hosts = null)
    {
        await UseProfileAsync("crates", """{"type":"crates-io","url":"@URL@"}""", new JsonObject { ["hosts"] = new JsonArray(hosts ?? _registry.Authority) }, "cio_tp_", """{"token":"@TOKEN@"}""");
        var words = provider.Replace("@PROGRAM@", PublishedBinary.Path, StringComparison.Ordinal).Split(' ');
        for (var i = 0; i < Many; i++)
        {
            Sandbox.WriteFile($"cargo{i}/config.toml", $"""
                [registries.local]
                index = "sparse+{_registry.Url}/index/"
                credential-provider = [{string.Join(", ", words.Select(word => $"\"{word}\""))}]
                """);
        }
    }

    /// <summary>Each with a home of its own: cargo's locks would else let them through one by one.</summary>
    private Launch Cargo(int number, params string[] arguments) => new(arguments)
    {
        Program = ClientProgram.PathOf("cargo", Version),
        Variables = new Dictionary<string, string?> { ["CARGO_HOME"] = Path.Combine(Sandbox.Root, $"cargo{number}"), ["CARGO_TARGET_DIR"] = Path.Combine(Sandbox.Root, $"target{number}") },
    };

    private string NewPackage(string name)
    {
        Sandbox.WriteFile($"{name}/src/lib.rs", "");
        return Sandbox.WriteFile($"{name}/Cargo.toml", $"""
            [package]
            name = "{name}"
            version = "1.0.0"
            edition = "2021"
            description = "An example"
            license = "MIT"
            """);
    }

    private Task<ProcessResult[]> RunTogetherAsync(params string[] arguments) => Sandbox.RunTogetherAsync(Many, i => Cargo(i, arguments));
}
