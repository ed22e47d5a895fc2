using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A test with a sandbox and an endpoint of its own. At its end, everything is searched for secrets.</summary>
public abstract class BrokerTest : IAsyncLifetime
{
    private LocalEndpoint? _endpoint;

    internal Sandbox Sandbox { get; } = new();

    /// <summary>Identity provider, token endpoint and API.</summary>
    protected LocalEndpoint Endpoint => _endpoint ?? throw new InvalidOperationException("the endpoint has not been started");

    protected virtual LocalEndpointOptions EndpointOptions => new() { HttpsPort = null };

    public virtual async Task InitializeAsync()
    {
        _endpoint = await LocalEndpoint.StartAsync(EndpointOptions);
        Sandbox.AddSecret(_endpoint.GitHubRequestToken);
    }

    public virtual async Task DisposeAsync()
    {
        try
        {
            foreach (var process in Sandbox.Processes.Where(process => process.Result is null))
            {
                process.Kill();
                await process.WaitAsync();
            }

            await Companions.OverAsync(Sandbox);
            Silence.Check(Sandbox);
        }
        finally
        {
            Sandbox.Dispose();
            if (_endpoint is not null)
            {
                await _endpoint.DisposeAsync();
            }
        }
    }

    /// <summary>A new identity token, in the file that processes read.</summary>
    protected string NewIdentityFile(TokenRequest? request = null, string name = "identity/token") =>
        Sandbox.NewIdentityFile(Endpoint, request, name);

    /// <summary>The federation variables of every process: the rule, and a file with a new identity token.</summary>
    protected void UseFederationVariables() => Sandbox.UseFederationVariables(Endpoint);

    /// <summary>The federation variables with GitHub's token service, which mints a token for each exchange.</summary>
    protected void UseGitHubVariables() => Sandbox.UseGitHubVariables(Endpoint);

    /// <summary>A profile of the broker's own with this identity; a new file's where none is given.</summary>
    protected JsonObject NewProfile(JsonObject? identity = null) => Sandbox.NewProfile(Endpoint, identity);
}
