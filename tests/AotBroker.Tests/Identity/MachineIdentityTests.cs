using AotBroker.Errors;
using AotBroker.Evidence;
using AotBroker.Files;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Identity.HostMetadata;

namespace AotBroker.Tests;

/// <summary>The machine itself, last of all: whom it asks who it is, what it believes, and that it does not ask twice in vain.</summary>
public sealed class MachineIdentityTests : IDisposable
{
    private const string Audience = "https://api.anthropic.com";
    private const string AzureTag = "7783-7084-3265-9085-8269-3286-77";
    private const string Versions = """{"apiVersions":["2017-03-01","2021-02-01"]}""";

    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();

    public MachineIdentityTests() => _machine.Variables["AOTBROKER_HOST_METADATA"] = null;

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private string Firmware => _machine.Home["dmi"];

    /// <summary>With more time than the first request of a loaded test process takes.</summary>
    private SourceTokens Provider(double longestSearch = 30) =>
        new(new MachineSource(new AutoIdentity(), _machine.Environment, Firmware) { LongestSearch = TimeSpan.FromSeconds(longestSearch) }, Audience, _http);

    private BrokerException? Remembered() => new MachineSource(new AutoIdentity(), _machine.Environment, Firmware).Remembered();

    private IdentityToken Get(double seconds = 30) => Provider().GetToken(_machine.Deadline(seconds));

    private void SetFirmware(string vendor, string product, string tag = "", string bios = "1.0")
    {
        _machine.Home.Write("dmi/sys_vendor", vendor + "\n");
        _machine.Home.Write("dmi/product_name", product + "\n");
        _machine.Home.Write("dmi/chassis_asset_tag", tag + "\n");
        _machine.Home.Write("dmi/bios_version", bios + "\n");
    }

    private static RawServer Azure(string token) => new(request => request.StartsWith("GET /metadata/versions ", StringComparison.Ordinal)
        ? RawServer.Answer(200, Versions)
        : RawServer.Answer(200, $$"""{"access_token":"{{token}}"}"""));

    [Theory]
    [InlineData("Google", "Google Compute Engine", "", "Google", "Google")]
    [InlineData("Amazon EC2", "m7i.large", "Amazon EC2", "1.0", "Aws")]
    [InlineData("Xen", "HVM domU", "", "4.11.amazon", "Aws")]
    [InlineData("Microsoft Corporation", "Virtual Machine", AzureTag, "Hyper-V UEFI", "Azure")]
    [InlineData("Microsoft Corporation", "Virtual Machine", "None", "Hyper-V UEFI", "")]
    [InlineData("QEMU", "Standard PC (Q35 + ICH9, 2009)", "", "1.16", "")]
    [InlineData("LENOVO", "20XW", "No Asset Information", "N32ET", "")]
    public void The_firmware_names_the_cloud_without_any_network(string vendor, string product, string tag, string bios, string expected)
    {
        SetFirmware(vendor, product, tag, bios);

        Assert.Equal(expected, string.Join(' ', Candidates(_machine.Environment, Firmware)));
    }

    [Theory]
    [InlineData(null, null, "Google Aws Azure")]
    [InlineData("NO_GCE_CHECK", "true", "Aws Azure")]
    [InlineData("AWS_EC2_METADATA_DISABLED", "true", "Google Azure")]
    [InlineData("AOTBROKER_HOST_METADATA", "off", "")]
    [InlineData("KUBERNETES_SERVICE_HOST", "10.0.0.1", "Google")]
    [InlineData("AZURE_POD_IDENTITY_AUTHORITY_HOST", "http://127.0.0.1:1", "Azure")]
    [InlineData("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1", "Aws")]
    public void Where_the_firmware_is_silent_all_may_be_there_but_what_is_switched_off_or_named_otherwise(string? variable, string? value, string expected)
    {
        if (variable is not null)
        {
            _machine.Variables[variable] = value;
        }

        Assert.Equal(expected, string.Join(' ', Candidates(_machine.Environment, Firmware)));
    }

    [Theory]
    [InlineData("Amazon EC2")]
    [InlineData("Microsoft Corporation")]
    public void A_pod_is_not_taken_for_its_node(string vendor)
    {
        SetFirmware(vendor, "", vendor == "Amazon EC2" ? "" : AzureTag);
        _machine.Variables["KUBERNETES_SERVICE_HOST"] = "10.0.0.1";

        var error = Expect.Error("AB0401", () => Get());

        Assert.Contains(KubernetesSource.DefaultPath, error.All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("Server: GKE Metadata Server", true)]
    [InlineData(null, false)]
    [InlineData("Server: GKE Metadata Server", false)]
    public void In_a_pod_only_GKEs_own_server_speaks_for_Google(string? header, bool isPod)
    {
        string token = Made.Jwt("{}");
        using RawServer server = new(RawServer.Answer(200, token, header is null ? ["Metadata-Flavor: Google"] : ["Metadata-Flavor: Google", header]));
        _machine.Variables["GCE_METADATA_HOST"] = $"127.0.0.1:{server.Port}";
        _machine.Variables["KUBERNETES_SERVICE_HOST"] = isPod ? "10.0.0.1" : null;
        SetFirmware("Google", "Google Compute Engine");

        if (isPod && header is null)
        {
            Expect.Error("AB0401", () => Get());
        }
        else
        {
            Assert.Equal(token, Get().Reveal());
        }
        Assert.Equal(HttpText.Request(server, "GET /", "Metadata-Flavor: Google"), HttpText.Sorted(server.Requests[0]));
    }

    [Fact]
    public void An_Azure_machine_is_found_and_asked()
    {
        string token = Made.Jwt("{}");
        using RawServer server = Azure(token);
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Url;
        SourceTokens provider = Provider();
        Assert.Equal(("the machine's metadata service", TokenSupply.Cached), (provider.Description, provider.Supply));

        Assert.Equal(token, provider.GetToken(_machine.Deadline()).Reveal());
        provider.GetToken(_machine.Deadline());

        Assert.Equal(HttpText.Request(server, "GET /metadata/versions", "Metadata: true"), HttpText.Sorted(server.Requests[0]));
        Assert.Contains("resource=https%3A%2F%2Fapi.anthropic.com ", server.Requests[1], StringComparison.Ordinal);
        Assert.Equal(3, server.Requests.Count); // The cloud is found once.
        Assert.Equal("Azure's instance metadata service", provider.Description);
    }

    [Fact]
    public void An_instance_of_AWS_is_asked_for_its_own_role_whatever_keys_are_in_the_environment()
    {
        using AwsImitation aws = new(static () => Made.Jwt("{}"));
        _machine.Variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = _machine.Variables["AWS_ENDPOINT_URL_STS"] = aws.Url;
        _machine.Variables["AWS_ACCESS_KEY_ID"] = "AKIA" + Made.Name(16);
        _machine.Variables["AWS_SECRET_ACCESS_KEY"] = Made.Name(40);
        SourceTokens provider = Provider();
        Assert.Equal(TokenSupply.Minted, provider.Supply);

        provider.GetToken(_machine.Deadline());

        Assert.Equal(["PUT /latest/api/token", "PUT /latest/api/token"], aws.Asked.Take(2));
        Assert.Equal(["GET /latest/meta-data/placement/region", "POST /"], aws.Asked.TakeLast(2));
    }

    [Fact]
    public void What_the_cloud_says_is_told_as_it_says_it()
    {
        using RawServer server = new(request => request.StartsWith("GET /metadata/versions ", StringComparison.Ordinal)
            ? RawServer.Answer(200, Versions)
            : RawServer.Answer(400, """{"error":"invalid_request","error_description":"Identity not found"}"""));
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Url;

        Assert.Contains("Identity not found", Expect.Error("AB0409", () => Get()).Message, StringComparison.Ordinal);

        Assert.Null(Remembered()); // It is there.
    }

    [Theory]
    [InlineData(404, "")]
    [InlineData(200, "<html>Log in</html>")]
    [InlineData(302, "")]
    public void That_nobody_answers_is_remembered_for_an_hour(int status, string body)
    {
        using RawServer server = new(RawServer.Answer(status, body, "Location: http://login.example/"));
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = _machine.Variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = server.Url;

        var first = Expect.Error("AB0401", () => Get());
        var second = Expect.Error("AB0401", () => Get());
        _machine.Clock.Advance(3599);
        Expect.Error("AB0401", () => Get());

        Assert.Equal(2, server.Requests.Count); // Azure's question, and AWS's.
        Assert.Contains("no cloud's metadata service answers (Azure, AWS)", first.Message, StringComparison.Ordinal);
        Assert.Equal(first.Message, second.Message);
        Assert.Contains("clear --all", second.All(), StringComparison.Ordinal);

        _machine.Clock.Advance(1);
        Expect.Error("AB0401", () => Get());
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public void Another_address_or_another_switch_is_asked_anew()
    {
        using RawServer one = new(RawServer.Answer(404, ""));
        using RawServer two = Azure(Made.Jwt("{}"));
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = one.Url;
        Expect.Error("AB0401", () => Get());

        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = two.Url;

        Get();
    }

    [Fact]
    public void One_address_that_does_not_answer_is_not_asked_twice()
    {
        // Nobody listens there: both clouds have it.
        using ClosedPort closed = new();
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = _machine.Variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = closed.Url;

        Expect.Error("AB0401", () => Get());

        Assert.NotNull(Remembered());
    }

    [Fact]
    public void Who_is_in_a_hurry_does_not_decide_for_the_others()
    {
        using RawServer server = RawServer.Silent();
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Url;

        Expect.Error("AB0401", () => Get(seconds: 0.2));

        Assert.Null(Remembered());
    }

    [Fact]
    public void Silence_is_remembered_for_a_minute_alone_as_the_machine_may_just_be_slow()
    {
        using RawServer server = RawServer.Silent();
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Url;
        Expect.Error("AB0401", () => Provider(longestSearch: 0.2).GetToken(_machine.Deadline()));

        _machine.Clock.Advance(59);
        Assert.NotNull(Remembered());
        _machine.Clock.Advance(1);
        Assert.Null(Remembered());
    }

    [Fact]
    public void An_unusable_cache_does_not_hide_that_there_is_no_identity()
    {
        using RawServer server = new(RawServer.Answer(404, ""));
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Url;
        _machine.LeaveNoPlaceForACache();

        Expect.Error("AB0401", () => Get());
        Expect.Error("AB0401", () => Get());

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public void Firmware_that_names_no_cloud_is_believed_and_nobody_is_asked()
    {
        SetFirmware("LENOVO", "20XW");

        Assert.Contains("ANTHROPIC_IDENTITY_TOKEN_FILE", Expect.Error("AB0401", () => Get()).All(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_machine.CacheDirectory));
    }

    [Fact]
    public void The_machine_comes_last_and_is_not_there_where_it_is_switched_off()
    {
        DetectionContext surroundings = new(_machine.Environment, "x");
        FoundIdentity found = IdentitySources.Detect(surroundings)!;
        Assert.Equal(("x", "the machine's metadata service"), (Assert.IsType<AutoIdentity>(found.Source).Audience, found.Origin));

        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = "/run/token";
        Assert.IsType<FileIdentity>(IdentitySources.Detect(surroundings)!.Source);

        _machine.Variables["ANTHROPIC_IDENTITY_TOKEN_FILE"] = null;
        _machine.Variables["AOTBROKER_HOST_METADATA"] = "off";
        Assert.Null(IdentitySources.Detect(surroundings));
    }

    [Fact]
    public void The_status_says_that_the_machine_is_asked_and_later_that_it_did_not_know()
    {
        using RawServer server = new(RawServer.Answer(404, ""));
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = server.Url;
        _machine.Variables["ANTHROPIC_FEDERATION_RULE_ID"] = Made.RuleId();
        _machine.Variables["ANTHROPIC_ORGANIZATION_ID"] = Guid.NewGuid().ToString();
        StatusReport before = StatusReport.Of(null, _machine.Environment);
        Assert.Null(before.Problem);
        Assert.Contains("the machine's metadata service", StatusText.Of(before), StringComparison.Ordinal);

        Expect.Error("AB0401", () => Sources.Tokens(new AutoIdentity(), Audience, _machine.Environment, _http).GetToken(_machine.Deadline()));

        Expect.Error("AB0401", StatusReport.Of(null, _machine.Environment).Problem);
    }

    [Fact]
    public void Audience_and_addresses_decide_whose_token_it_is()
    {
        _machine.Variables["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = "http://127.0.0.1:1";
        KeyText key = new();

        Sources.AddToKey(key, new AutoIdentity(), Audience, _machine.Environment);

        Assert.Equal($"identity=auto|host=test-host|audience={Audience}|authority=http://127.0.0.1:1|", key.ToString());
    }
}
