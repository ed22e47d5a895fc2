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
internal sealed class FlyIdentityTokenProvider(FlyIdentity settings, string? audience, PinnedHttp http) : IIdentityTokenProvider
{
    private const string Name = "fly";
    private const string App = "FLY_APP_NAME";
    private const string Machine = "FLY_MACHINE_ID";
    private static readonly Uri Address = new("http://localhost/v1/tokens/oidc");

    private readonly TokenService _service = new("Fly's token service at " + settings.Socket, http)
    {
        RefusalHints = ["check that this process runs in the Machine itself, and the audience in the profile"],
    };

    public string Description => "Fly";

    public TokenSupply Supply => TokenSupply.Minted;

    /// <summary>By the Machine's id alone: the app's name is also set where a job only deploys to Fly.</summary>
    public static FoundIdentity? Detect(Surroundings surroundings) => surroundings.Has(Name, Machine)
        ? new FoundIdentity(new FlyIdentity { Audience = surroundings.Audience }, Machine)
        : null;

    public static void AddToKey(KeyText key, FlyIdentity settings, ProcessEnvironment environment)
    {
        key.Add("socket", environment.Absolute(settings.Socket));
        key.Add("app", environment.Get(App));
        key.Add("machine", environment.Get(Machine));
    }

    public IdentityToken GetToken(Deadline deadline)
    {
        HttpRequestPlan request = new(HttpMethod.Post, Address)
        {
            Socket = settings.Socket,
            Body = JsonSerializer.SerializeToUtf8Bytes(new AudienceClaim(TokenService.RequiredAudience(settings.Audience ?? audience, Name)), MessagesJsonContext.Default.AudienceClaim),
        };
        if (!File.Exists(settings.Socket))
        {
            throw new BrokerException(
                ErrorCode.IdentityUnreadable,
                $"Fly's socket {settings.Socket} is not there",
                "it is in every Fly Machine; a container inside of it needs it mounted, and identity.socket in the profile if it is mounted elsewhere");
        }
        HttpAnswer answer = _service.Ask(request, deadline);
        return _service.Parse(Encoding.Latin1.GetString(answer.Body), answer, Description); // The token itself, not JSON.
    }
}
