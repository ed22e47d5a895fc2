using System.Text;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// A Fly Machine: every request to the socket that Fly puts into it mints a token of ten minutes. Source: Fly's
/// documentation of the Machines API, Tokens.
/// </summary>
internal sealed class FlySource(FlyIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    private const string Name = "fly";
    private const string App = "FLY_APP_NAME";
    private const string Machine = "FLY_MACHINE_ID";
    private static readonly CheckedUrl s_address = CheckedUrl.OfSocket("/v1/tokens/oidc");

    private TokenService Service(PinnedHttp http) => new("Fly's token service at " + Socket, http)
    {
        RefusalHints = ["check that this process runs in the Machine itself, and the audience in the profile"],
    };

    private string Socket => environment.Absolute(settings.Socket);

    public IdentitySettings Settings => settings with { Socket = Socket };

    public string Description => "Fly";

    public TokenSupply Supply => TokenSupply.Minted;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is FlyIdentity own ? new FlySource(own, environment) : null;

    /// <summary>By the Machine's id alone: the app's name is also set where a job only deploys to Fly.</summary>
    public static FoundIdentity? Detect(DetectionContext context) => context.Has(Name, Machine)
        ? new FoundIdentity(new FlyIdentity { Audience = context.Audience }, Machine)
        : null;

    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("audience", settings.Audience ?? audience);
        key.Add("socket", Socket);
        key.Add("app", environment.Get(App));
        key.Add("machine", environment.Get(Machine));
    }

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        HttpRequestPlan request = new(HttpMethod.Post, s_address)
        {
            Socket = Socket,
            Body = JsonSerializer.SerializeToUtf8Bytes(new AudienceClaim(TokenService.RequiredAudience(settings.Audience ?? audience, Name)), MessagesJsonContext.Default.AudienceClaim),
        };
        if (!File.Exists(Socket))
        {
            throw new BrokerException(
                ErrorCode.IdentityUnreadable,
                $"Fly's socket {Socket} does not exist",
                "it is in every Fly Machine; for a container inside the Machine, mount it, and set identity.socket in the profile if it is mounted elsewhere");
        }
        TokenService service = Service(http);
        HttpAnswer answer = service.Ask(request, deadline);
        return service.Parse(Encoding.Latin1.GetString(answer.Body), answer, Description); // The token itself, not JSON.
    }
}
