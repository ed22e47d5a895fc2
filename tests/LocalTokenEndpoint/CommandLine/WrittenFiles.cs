using System.Text;
using System.Text.Json;

namespace LocalTokenEndpoint;

/// <summary>What a script needs to know of an endpoint, as files. <c>ready</c> comes last: then all others are there.</summary>
internal sealed class WrittenFiles(string directory)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
    };

    /// <summary>Makes the directory, and takes away what an earlier run may have left to be mistaken for readiness.</summary>
    public void Prepare()
    {
        Directory.CreateDirectory(directory);
        RemoveReady();
    }

    public void RemoveReady() => File.Delete(PathOf("ready"));

    public void Write(LocalEndpoint endpoint, string identityToken, DnsResponder? dns)
    {
        Write("ca.pem", endpoint.CaBundlePem, isSecret: false);
        Write("identity-token", identityToken, isSecret: true);
        Write("endpoint.json", JsonSerializer.Serialize(Describe(endpoint, dns), s_json) + "\n", isSecret: true);
        Write("ready", endpoint.Url + "\n", isSecret: false);
    }

    private object Describe(LocalEndpoint endpoint, DnsResponder? dns) => new
    {
        HttpUrl = endpoint.ServesHttp ? endpoint.HttpUrl : null,
        HttpsUrl = endpoint.ServesHttps ? endpoint.HttpsUrl : null,
        CaFile = PathOf("ca.pem"),
        IdentityTokenFile = PathOf("identity-token"),
        Issuer = endpoint.Issuer.Url,
        endpoint.Rule.Audience,
        Subject = endpoint.Issuer.DefaultSubject,
        FederationRuleId = endpoint.Rule.Id,
        endpoint.Rule.OrganizationId,
        endpoint.Rule.ServiceAccountId,
        WorkspaceId = endpoint.Rule.Workspaces[0],
        GithubRequestUrl = endpoint.GitHubRequestUrl,
        GithubRequestToken = endpoint.GitHubRequestToken,
        DnsAddress = dns?.Address.ToString(),
        ProcessId = Environment.ProcessId,
    };

    /// <summary>Complete or not there: a script that polls for a file must never read half of it.</summary>
    private void Write(string name, string content, bool isSecret)
    {
        var temporary = PathOf($".{name}.{Environment.ProcessId}");
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            options.UnixCreateMode = isSecret ? owner : owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
        }

        using (var file = new FileStream(temporary, options))
        {
            file.Write(Encoding.UTF8.GetBytes(content));
        }

        File.Move(temporary, PathOf(name), overwrite: true);
    }

    private string PathOf(string name) => Path.Combine(Path.GetFullPath(directory), name);
}
