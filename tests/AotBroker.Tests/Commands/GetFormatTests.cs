using System.Text.Json;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Commands;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Reporting;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>`get --format`: what is chosen before anything is exchanged, and the formats that do more than print.</summary>
public sealed class GetFormatTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly string _jwt;

    public GetFormatTests()
    {
        _jwt = Made.Jwt($$$"""{"iss":"https://a.b","sub":"job","exp":{{{TestClock.StartSeconds + 600}}}}""");
        _machine.Home.Write("token", _jwt);
        _machine.WriteBrokerProfile("id", $$$"""{"identity":{"source":"file","path":"{{{_machine.Home["token"]}}}"},"exchange":{"type":"none"}}""");
    }

    public void Dispose() => _machine.Dispose();

    private int Get(string? format, string profile = "id") =>
        GetCommand.Run(new GetOptions { Format = format is null ? null : Choices.Format(format), Profile = profile }, new Session(_machine.Environment, _machine.Output.Stream, _machine.Reporter, verbose: false));

    [Fact]
    public void A_format_that_does_not_suit_is_found_before_anything_is_exchanged()
    {
        Expect.Error("AB0201", () => Get("aws"));

        Assert.False(Directory.Exists(_machine.CacheDirectory));
        Assert.Empty(_machine.Output.Octets);
    }

    [Theory]
    [InlineData("""{"server":"https://10.0.0.1:6443"}""", null)]
    [InlineData("""{"server":"https://10.0.0.1:6443/","certificate-authority-data":"QQ=="}""", null)]
    [InlineData("""{"server":"https://api.example.com/k8s/clusters/a"}""", null)]
    [InlineData("{}", "is invalid")]
    [InlineData("null", null)]
    [InlineData("""{"server":"https://10.0.0.1"}""", "https://10.0.0.1")]
    [InlineData("""{"server":"http://10.0.0.1:6443"}""", "http://10.0.0.1:6443")]
    [InlineData("""{"server":"10.0.0.1:6443"}""", "http://10.0.0.1:6443")]
    [InlineData("""{"server":"https://bot:word@10.0.0.2:6443"}""", "https://10.0.0.2:6443")]
    [InlineData("""{"server":"https://api.example.com/k8s/clusters/ab"}""", "https://api.example.com/k8s/clusters/ab")]
    [InlineData("""{"server":""}""", "is invalid")]
    [InlineData("""{"server":"https://a b"}""", "is invalid")]
    [InlineData("""{"server":null}""", "is invalid")]
    [InlineData("""{"server":["https://10.0.0.1:6443"]}""", "is invalid")]
    [InlineData("""{"server":"https://10.0.0.1:6443","insecure-skip-tls-verify":true}""", "insecure-skip-tls-verify")]
    [InlineData("""{"server":"https://10.0.0.1:6443","insecure-skip-tls-verify":false}""", null)]
    public void Kubernetes_gets_it_for_a_server_that_the_profile_serves(string cluster, string? refused)
    {
        _machine.WriteBrokerProfile("one", $$$"""
            {
              "identity": { "source": "file", "path": "{{{_machine.Home["token"]}}}" },
              "exchange": { "type": "none" },
              "serves": { "hosts": ["10.0.0.1:6443", "https://api.example.com/k8s/clusters/a"] }
            }
            """);
        _machine.Variables["KUBERNETES_EXEC_INFO"] = $$$"""{"apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false,"cluster":{{{cluster}}}}}""";

        if (refused is null)
        {
            Assert.Equal(0, Get("kubernetes", "one"));
            return;
        }
        BrokerException error = Expect.Error("AB0312", () => Get("kubernetes", "one"));
        Assert.EndsWith(refused, error.Message, StringComparison.Ordinal);
        Assert.Empty(_machine.Output.Octets);
    }

    [Theory]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false,"cluster":{"server":"https://10.0.0.1"}}}""", null)]
    [InlineData("""{"apiVersion":"client.authentication.k8s.io/v1alpha1"}""", "AB0305")]
    public void Kubernetes_gets_what_no_server_is_named_for_and_no_version_that_is_not_known(string info, string? error)
    {
        _machine.Variables["KUBERNETES_EXEC_INFO"] = info;

        if (error is null)
        {
            Assert.Equal(0, Get("kubernetes"));
            return;
        }
        Expect.Error(error, () => Get("kubernetes"));
        Assert.False(Directory.Exists(_machine.CacheDirectory));
    }

    [Fact]
    public void Google_writes_the_same_to_the_file_that_the_client_names()
    {
        string file = _machine.Home["out.json"];
        _machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] = file;

        Assert.Equal(0, Get("google"));
        Assert.Equal(_machine.Output.Octets, File.ReadAllBytes(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));

        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        Get("google");
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(file)); // It held that already.
        Assert.Empty(_machine.Error.Octets);
    }

    [Fact]
    public void A_file_that_google_names_and_that_cannot_be_written_does_not_matter()
    {
        _machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] = _machine.Home["no/such/directory"];

        Assert.Equal(0, Get("google"));
        Assert.Contains(_jwt, _machine.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_a_person_signs_in_google_reads_the_file_alone_and_no_token_is_on_the_terminal()
    {
        string file = _machine.Home["out.json"];
        _machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] = file;
        _machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE"] = "1";

        Assert.Equal(0, Get("google"));
        Assert.Empty(_machine.Output.Octets);
        Assert.Contains(_jwt, File.ReadAllText(file), StringComparison.Ordinal);

        _machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] = _machine.Home["no/such/directory"];
        Expect.Error("AB0706", () => Get("google"));
        File.Delete(_machine.Home["token"]);
        Directory.Delete(_machine.CacheDirectory, recursive: true);
        Expect.Error("AB0402", () => Get("google"));
        Assert.Empty(_machine.Output.Octets);
    }

    [Theory]
    [InlineData("GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE", "0")]
    [InlineData("GOOGLE_EXTERNAL_ACCOUNT_REVOKE", "1")]
    public void Google_reads_standard_output_otherwise(string variable, string value)
    {
        _machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE"] = _machine.Home["out.json"];
        _machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE"] = "1";
        _machine.Variables[variable] = value;

        Assert.Equal(0, Get("google"));
        Assert.Contains(_jwt, _machine.Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Google_is_told_of_a_failure_on_standard_output_with_exit_code_0()
    {
        File.Delete(_machine.Home["token"]);

        Assert.Equal(0, Get("google"));

        using JsonDocument json = JsonDocument.Parse(_machine.Output.Octets);
        Assert.Equal(1, json.RootElement.GetProperty("version").GetInt32());
        Assert.False(json.RootElement.GetProperty("success").GetBoolean());
        Assert.Equal("AB0402", json.RootElement.GetProperty("code").GetString());
        Assert.Contains(_machine.Home["token"], json.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Contains("error[AB0402]", _machine.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Googles_library_makes_the_exchange_itself_so_a_profile_for_google_hands_it_the_identity()
    {
        const string Provider = "//iam.googleapis.com/projects/123456789/locations/global/workloadIdentityPools/ci/providers/github";
        _machine.WriteBrokerProfile("sts", $$$"""{"identity":{"source":"file","path":"{{{_machine.Home["token"]}}}"},"exchange":{"type":"google-sts","audience":"{{{Provider}}}","endpoint":"http://127.0.0.1:9"}}""");

        Assert.Equal(0, Get("google", "sts"));

        using JsonDocument json = JsonDocument.Parse(_machine.Output.Octets);
        Assert.Equal(_jwt, json.RootElement.GetProperty("id_token").GetString());
    }

    [Fact]
    public void Google_hears_no_warning()
    {
        _machine.WriteBrokerProfile("slip", $$$"""{"identity":{"source":"file","path":"{{{_machine.Home["token"]}}}"},"exchange":{"type":"none"},"serve":{}}""");

        Get("google", "slip");

        Assert.Empty(_machine.Error.Octets);
        Get("token", "id");
        Assert.Equal(2, _machine.Output.Lines.Length);
    }

    [Fact]
    public void Github_env_prints_masks_and_appends()
    {
        string file = _machine.Home.Write("env", "");
        _machine.Variables["GITHUB_ENV"] = file;

        Assert.Equal(0, Get("github-env"));

        Assert.Equal($"::add-mask::{_jwt}\n", _machine.Output.Text);
        string[] lines = File.ReadAllLines(file);
        Assert.StartsWith("ID_TOKEN<<", lines[0], StringComparison.Ordinal);
        Assert.Equal(_jwt, lines[1]);
        Assert.Equal(lines[0]["ID_TOKEN<<".Length..], lines[2]);
    }

    [Theory]
    [InlineData("aws", 960)]
    [InlineData("bazel", 1860)]
    [InlineData("token", null)]
    public void What_a_client_keeps_decides_what_it_is_served(string format, int? kept)
    {
        long? keeps = CredentialFormats.Find(format)!.ClientKeepsFor;
        Assert.Equal(kept, keeps);
        Freshness freshness = new() { ClientKeepsFor = keeps };
        long now = TestClock.StartSeconds;
        Credential Left(long seconds, long lifetime) => Made.Credential(now + seconds - lifetime, lifetime);

        long least = kept ?? 120;
        Assert.True(freshness.Accepts(Left(least + 1, 7200), now));
        Assert.False(freshness.Accepts(Left(least, 7200), now));
        Assert.True(freshness.Accepts(Left(101, 200), now)); // It never lives that long: half its life is the best there is.
        Assert.False(freshness.Accepts(Left(100, 200), now));
        Assert.True(freshness.Tolerates(Left(31, 7200), now)); // Nobody insisted.
    }
}
