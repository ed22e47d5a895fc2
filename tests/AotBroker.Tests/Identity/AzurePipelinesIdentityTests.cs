using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Azure Pipelines' token service: what is asked, to the letter, and what is made of each answer.</summary>
public sealed class AzurePipelinesIdentityTests : IDisposable
{
    private const string Connection = "5b7c3f0a-9d1e-4c2d-8e8f-1a2b3c4d5e6f";
    private const string Path = "/org/project/_apis/distributedtask/hubs/build/plans/p/jobs/j/oidctoken";

    private readonly Machine _machine = new();
    private readonly PinnedHttp _http = new();
    private readonly string _bearer = Made.Name(52);

    public void Dispose()
    {
        _http.Dispose();
        _machine.Dispose();
    }

    private IdentityToken Get(string uri, AzurePipelinesIdentity? settings = null)
    {
        _machine.Variables["SYSTEM_OIDCREQUESTURI"] = uri;
        _machine.Variables["SYSTEM_ACCESSTOKEN"] = _bearer;
        return Sources.Tokens(settings ?? new AzurePipelinesIdentity { ServiceConnectionId = Connection }, "https://api.anthropic.com", _machine.Environment, _http).GetToken(_machine.Deadline());
    }

    private FoundIdentity? Detect() => IdentitySources.Detect(new DetectionContext(_machine.Environment, null));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_request_is_this_to_the_letter(bool isFromProfile)
    {
        string token = Made.Jwt("{}");
        _machine.Variables["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"] = isFromProfile ? "another" : Connection;
        using RawServer server = new(RawServer.Answer(200, $$"""{"oidcToken":"{{token}}"}"""));

        Assert.Equal(token, Get(server.Url + Path + "/", isFromProfile ? null : new AzurePipelinesIdentity()).Reveal());

        Assert.Equal(
            HttpText.Request(
                server,
                $"POST {Path}?api-version=7.1&serviceConnectionId={Connection}",
                "Authorization: Bearer " + _bearer,
                "Accept: application/json",
                "X-TFS-FedAuthRedirect: Suppress",
                "Content-Type: application/json",
                "Content-Length: 0"),
            HttpText.Sorted(Assert.Single(server.Requests)));
    }

    [Theory]
    [InlineData(203, "", "answered 203")]
    [InlineData(302, "Location: https://spsprodweu1.vssps.visualstudio.com/_signin", "a redirect to spsprodweu1.vssps.visualstudio.com")]
    [InlineData(200, "", "a web page")]
    public void A_sign_in_page_is_no_token_and_told_as_what_it_is(int status, string header, string told)
    {
        using RawServer server = new(RawServer.Answer(status, "\r\n<!DOCTYPE html><html>Sign In</html>", header.Length > 0 ? [header] : []));

        var error = Expect.Error("AB0409", () => Get(server.Url));

        Assert.Contains(status == 302 ? "a web page" : told, error.Message, StringComparison.Ordinal);
        Assert.Contains("$(System.AccessToken)", error.All(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_redirect_is_told_with_its_host_and_not_followed()
    {
        using RawServer target = new(RawServer.Answer(200, $$"""{"oidcToken":"{{Made.Jwt("{}")}}"}"""));
        using RawServer server = new(RawServer.Answer(302, "", $"Location: {target.Url}/_signin"));

        Assert.Contains("a redirect to 127.0.0.1", Expect.Error("AB0409", () => Get(server.Url)).Message, StringComparison.Ordinal);
        Assert.Empty(target.Requests);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    public void A_refusal_is_final_and_hints_at_the_connection(int status)
    {
        using RawServer server = new(RawServer.Answer(status, """{"message":"TF400813: not authorized","typeKey":"x"}"""));

        var error = Expect.Error("AB0409", () => Get(server.Url));

        Assert.Contains("TF400813", error.Message, StringComparison.Ordinal);
        Assert.Contains("service connection", error.All(), StringComparison.Ordinal);
        Assert.DoesNotContain(_bearer, error.All(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData("""{"token":"x"}""", "AB0409")]
    [InlineData("[]", "AB0409")]
    [InlineData("""{"oidcToken":""}""", "AB0403")]
    [InlineData("""{"oidcToken":"abc"}""", "AB0405")]
    public void An_answer_without_a_token_is_an_error(string body, string code)
    {
        using RawServer server = new(RawServer.Answer(200, body));

        Expect.Error(code, () => Get(server.Url));
    }

    [Fact]
    public void The_jobs_token_goes_to_a_safe_address_alone() =>
        Assert.Contains("SYSTEM_OIDCREQUESTURI", Expect.Error("AB0310", () => Get("http://dev.azure.example" + Path)).Message, StringComparison.Ordinal);

    [Fact]
    public void It_is_found_with_the_connection_that_the_task_names()
    {
        _machine.Variables["TF_BUILD"] = "True";
        _machine.Variables["SYSTEM_OIDCREQUESTURI"] = "https://dev.azure.example" + Path;
        Assert.Contains("SYSTEM_ACCESSTOKEN: $(System.AccessToken)", Expect.Error("AB0410", () => Detect()).All(), StringComparison.Ordinal);
        _machine.Variables["SYSTEM_ACCESSTOKEN"] = _bearer;
        Assert.Contains("identity.service_connection_id", Expect.Error("AB0410", () => Detect()).All(), StringComparison.Ordinal);
        _machine.Variables["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"] = Connection;

        FoundIdentity found = Detect()!;

        Assert.Equal(Connection, Assert.IsType<AzurePipelinesIdentity>(found.Source).ServiceConnectionId);
        Assert.Equal("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", found.Origin);
        Assert.True(Sources.Tokens(found.Source, null, _machine.Environment, _http).Mints);
    }

    [Fact]
    public void A_server_that_has_no_token_service_is_told()
    {
        _machine.Variables["TF_BUILD"] = "True";

        Assert.Contains("Azure DevOps Server", Expect.Error("AB0401", () => Detect()).All(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SYSTEM_OIDCREQUESTURI")]
    [InlineData("SYSTEM_ACCESSTOKEN")]
    [InlineData("AZURESUBSCRIPTION_SERVICE_CONNECTION_ID")]
    public void Named_in_the_profile_it_says_which_variable_is_missing(string missing)
    {
        _machine.Variables["SYSTEM_OIDCREQUESTURI"] = "https://dev.azure.example" + Path;
        _machine.Variables["SYSTEM_ACCESSTOKEN"] = _bearer;
        _machine.Variables["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"] = Connection;
        _machine.Variables[missing] = null;

        Assert.Contains(missing, Expect.Error("AB0410", () => Sources.Tokens(new AzurePipelinesIdentity(), null, _machine.Environment, _http).GetToken(_machine.Deadline())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_connection_and_the_job_are_the_key_and_no_secret_is()
    {
        List<string> keys = [Key()];
        foreach (string variable in (string[])["AZURESUBSCRIPTION_SERVICE_CONNECTION_ID", "SYSTEM_COLLECTIONURI", "SYSTEM_PLANID", "SYSTEM_JOBID", "SYSTEM_JOBATTEMPT"])
        {
            _machine.Variables[variable] = "1";
            keys.Add(Key());
        }
        Assert.Distinct(keys);
        _machine.Variables["SYSTEM_ACCESSTOKEN"] = _bearer;
        Assert.Equal(keys[^1], Key());
    }

    private string Key()
    {
        KeyText key = new();
        Sources.AddToKey(key, new AzurePipelinesIdentity(), "https://api.anthropic.com", _machine.Environment);
        return key.ToString();
    }
}
