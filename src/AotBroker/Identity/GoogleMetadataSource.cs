using System.Text;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// Google's metadata server: Compute Engine, GKE, Cloud Run, Cloud Build, App Engine, Functions. It repeats a token until that is
/// about to expire. Source: google-auth, and Google's documentation of the identity endpoint.
/// </summary>
internal sealed class GoogleMetadataSource(GoogleMetadataIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    private const string Name = "google-metadata";

    /// <summary>Where the metadata server is, as Google's own libraries read it: <c>HOST</c> or <c>HOST:PORT</c>.</summary>
    private const string HostVariable = "GCE_METADATA_HOST";

    private const string Flavor = "Metadata-Flavor";
    private const string Google = "Google";

    /// <summary>How long before a token's end the server gives another one, in seconds: four to five minutes, as observed.</summary>
    private const long RotatedBefore = 300;

    private TokenService Service(PinnedHttp http) => new("Google's metadata server", http)
    {
        LongestRequest = TimeSpan.FromSeconds(5),
        Explain = Explain,
        Distrust = answer => IsGenuine(answer) ? null : NotGenuine(Address("", environment)),
        RefusalHints =
        [
            "404: the machine has no service account, or not this one: attach it, or correct identity.service_account",
            "403: on GKE, let the Kubernetes service account act as Google's (roles/iam.workloadIdentityUser)",
        ],
    };

    public IdentitySettings Settings => settings;

    public string Description => settings.ServiceAccount == "default" ? "Google's metadata server" : $"Google's metadata server, for {settings.ServiceAccount}";

    public TokenSupply Supply => TokenSupply.Cached;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is GoogleMetadataIdentity own ? new GoogleMetadataSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context)
    {
        if (!context.Has(Name, HostVariable))
        {
            return null;
        }
        return HostMetadata.IsOff(HostMetadata.Cloud.Google, context.Environment)
            ? context.Without(Name, "host metadata is switched off")
            : new FoundIdentity(new GoogleMetadataIdentity { Audience = context.Audience }, HostVariable);
    }

    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("host", environment.HostName);
        key.Add("audience", settings.Audience ?? audience);
        key.Add("service_account", settings.ServiceAccount);
        key.Add("metadata_host", environment.Get(HostVariable));
    }

    /// <summary>Where the metadata server is.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>: not on this machine, nor link-local.</exception>
    public static CheckedUrl Address(string path, ProcessEnvironment environment)
    {
        string set = environment.Get(HostVariable) ?? "metadata";
        // An IPv6 address alone, as Google's documentation gives it; with a port it is in brackets anyhow.
        bool isBare = !set.StartsWith('[') && set.AsSpan().Count(':') > 1 && !set.Contains('/', StringComparison.Ordinal);
        int colon = isBare ? -1 : set.LastIndexOf(':');
        bool hasPort = colon > 0 && set.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0;
        string name = hasPort ? set[..colon] : set;
        // The name stands for the address, and a name server cannot lead it elsewhere.
        string host = name.TrimEnd('.').ToLowerInvariant() is "metadata.google.internal" or "metadata" ? HostMetadata.Address + (hasPort ? set[colon..] : "")
            : isBare ? $"[{set}]"
            : set;
        return CheckedUrl.OfHost($"http://{host}{path}", HostVariable);
    }

    /// <summary>What every request to it carries, and what its answers must carry.</summary>
    public static KeyValuePair<string, string> Header { get; } = new(Flavor, Google);

    /// <summary>Whether Google's server gave the answer. Any machine may answer at a link-local address.</summary>
    public static bool IsGenuine(HttpAnswer answer) =>
        answer.Headers is { } headers && headers.TryGetValues(Flavor, out IEnumerable<string>? values) && string.Concat(values) == Google;

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        string wanted = TokenService.RequiredAudience(settings.Audience ?? audience, Name);
        CheckedUrl address = Address($"/computeMetadata/v1/instance/service-accounts/{settings.ServiceAccount}/identity?audience={Uri.EscapeDataString(wanted)}&format=full", environment);
        TokenService service = Service(http);
        HttpAnswer answer = service.Ask(new HttpRequestPlan(HttpMethod.Get, address) { Headers = [Header], IsDirect = true }, deadline);
        return service.Parse(Encoding.Latin1.GetString(answer.Body), answer, Description);
    }

    public long? RotatesAt(IdentityToken token) => token.ExpiresAt - RotatedBefore;

    private static BrokerException NotGenuine(CheckedUrl address) => new(
        ErrorCode.NotMetadata,
        $"what answered at {address.Authority} is not Google's metadata server: its answer lacks `{Flavor}: {Google}`",
        "something on the network answers every address, such as a login page or a proxy; Google's server is only reached from Google's machines",
        $"outside Google Cloud, name another source in the profile, or unset {HostVariable}");

    private static string? Explain(HttpAnswer answer)
    {
        // The server's errors are plain text, or a page.
        string text = Encoding.Latin1.GetString(answer.Body).Trim();
        return text.Length == 0 || text[0] == '<' || text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? null : ErrorBody.Shown([text], answer);
    }
}
