using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LocalTokenEndpoint;

/// <summary>
/// An identity provider, a token endpoint and an API in one process, on real sockets, that enforce what the real ones enforce.
/// </summary>
public sealed class LocalEndpoint : IAsyncDisposable
{
    private const int LargestTokenRequest = 64 * 1024;
    private const int LargestMessage = 16 * 1024 * 1024;

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentBag<string> _gitHubRequestTokens = [];
    private readonly ServerCertificate _certificate;
    private readonly Dictionary<string, Route> _routes;
    private readonly Responder _responder;
    private readonly ControlRoutes _controls;
    private WebApplication? _server;
    private string? _httpUrl;
    private string? _httpsUrl;

    private LocalEndpoint(LocalEndpointOptions options)
    {
        Clock = new AdjustableTime(options.Time);
        Events = new EventList(Clock);
        Rules = new RuleBook(options.Rule ?? new FederationRule { SubjectPrefix = LocalEndpointOptions.DefaultSubjectPrefix });
        Issuer = new TokenIssuer(Clock, options.Subject, Rules.Default.Audience);
        Grants = new GrantedTokens(Clock);
        _certificate = new ServerCertificate(options.Names);
        GitHubRequestToken = AddGitHubJob();

        var verifier = new AssertionVerifier(Issuer, Clock, options.MaximumAssertionLifetime);
        var exchange = new FederationExchange(Rules, verifier, new SpentTokens(), Grants, Clock);
        var token = new TokenRoute(exchange, RefreshTokens, Grants);
        var gitHub = new GitHubRoute(Issuer, _gitHubRequestTokens);
        var messages = new MessagesRoute(Grants);
        _routes = new Dictionary<string, Route>(StringComparer.Ordinal)
        {
            [EndpointPaths.Token] = new(FaultTarget.Token, "POST", LargestTokenRequest, token.Decide, TokenRoute.Describe)
            {
                Wait = options.AnswerDelay,
            },
            [EndpointPaths.GitHub] = new(FaultTarget.GitHub, "GET", LargestTokenRequest, gitHub.Decide, GitHubRoute.Describe),
            [EndpointPaths.Messages] = new(FaultTarget.Messages, "POST", LargestMessage, messages.Decide, messages.Describe),
        };
        _responder = new Responder(Faults, Events, _stopping.Token);
        _controls = new ControlRoutes(this);
    }

    /// <summary><c>http://127.0.0.1:PORT</c></summary>
    public string HttpUrl => _httpUrl ?? throw new InvalidOperationException("HTTP is not served here");

    /// <summary><c>https://127.0.0.1:PORT</c></summary>
    public string HttpsUrl => _httpsUrl ?? throw new InvalidOperationException("HTTPS is not served here");

    /// <summary>The HTTP address, which needs no CA bundle, or the HTTPS one where there is no other.</summary>
    public string Url => _httpUrl ?? HttpsUrl;

    public bool ServesHttp => _httpUrl is not null;

    public bool ServesHttps => _httpsUrl is not null;

    /// <summary>The certification authority behind <see cref="HttpsUrl"/>.</summary>
    public string CaBundlePem => _certificate.CaBundlePem;

    /// <summary>What time it is here. Its offset may be changed at any moment.</summary>
    public AdjustableTime Clock { get; }

    public TokenIssuer Issuer { get; }

    public RuleBook Rules { get; }

    /// <summary>The default rule as it stands now.</summary>
    public FederationRule Rule => Rules.Default;

    public EventList Events { get; }

    public FaultPlan Faults { get; } = new();

    public GrantedTokens Grants { get; }

    public RefreshTokens RefreshTokens { get; } = new();

    /// <summary>For <c>ACTIONS_ID_TOKEN_REQUEST_TOKEN</c>.</summary>
    public string GitHubRequestToken { get; }

    /// <summary>Another job of the same run, such as a leg of a matrix: its request token.</summary>
    public string AddGitHubJob()
    {
        var token = RandomNames.Opaque(48);
        _gitHubRequestTokens.Add(token);
        return token;
    }

    /// <summary>For <c>ACTIONS_ID_TOKEN_REQUEST_URL</c>: it has a query already, as the real one has.</summary>
    public string GitHubRequestUrl => $"{Url}{EndpointPaths.GitHub}?api-version=2.0";

    /// <summary>The HTTPS address under one of the names that the certificate covers.</summary>
    public string HttpsUrlFor(string name) => new UriBuilder(HttpsUrl) { Host = name }.Uri.GetLeftPart(UriPartial.Authority);

    public static async Task<LocalEndpoint> StartAsync(
        LocalEndpointOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new LocalEndpointOptions();
        var endpoint = new LocalEndpoint(options);
        try
        {
            await endpoint.ListenAsync(options, cancellation).ConfigureAwait(false);
            return endpoint;
        }
        catch
        {
            await endpoint.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.StopAsync().ConfigureAwait(false);
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        _certificate.Dispose();
        Issuer.Dispose();
        _stopping.Dispose();
    }

    private async Task ListenAsync(LocalEndpointOptions options, CancellationToken cancellation)
    {
        _server = Listener.Build(options, _certificate.Leaf, HandleAsync);
        await _server.StartAsync(cancellation).ConfigureAwait(false);
        _httpUrl = _server.Urls.FirstOrDefault(url => url.StartsWith("http://", StringComparison.Ordinal));
        _httpsUrl = _server.Urls.FirstOrDefault(url => url.StartsWith("https://", StringComparison.Ordinal));
        Issuer.Url = options.Issuer ?? _httpsUrl ?? HttpUrl;
    }

    private async Task HandleAsync(HttpContext http)
    {
        if (_routes.TryGetValue(http.Request.Path.Value ?? "", out var route))
        {
            await _responder.RespondAsync(http, route).ConfigureAwait(false);
        }
        else if (!await _controls.TryHandleAsync(http).ConfigureAwait(false))
        {
            await PublicDocuments.HandleAsync(http, Issuer, Events).ConfigureAwait(false);
        }
    }
}
