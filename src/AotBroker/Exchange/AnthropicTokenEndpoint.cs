using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>Anthropic's token endpoint, <c>/v1/oauth/token</c>: what is the same for every grant.</summary>
internal sealed class AnthropicTokenEndpoint(Setting baseUrl, CheckedUrl url, PinnedHttp http, ProcessEnvironment environment)
{
    private const string Path = "/v1/oauth/token";

    private readonly CredentialEndpoint _endpoint = new(baseUrl, url, http);

    public static string AddressAt(Setting baseUrl) => baseUrl.Value + Path;

    /// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>.</exception>
    public static CheckedUrl Check(Setting baseUrl) => CheckedUrl.OfPath(AddressAt(baseUrl), baseUrl.Origin);

    /// <summary>Sends a grant, once.</summary>
    /// <param name="json">The request.</param>
    /// <param name="betas">The <c>anthropic-beta</c> header.</param>
    /// <param name="deadline">For the whole of it.</param>
    /// <param name="refusal">What an answer means for this grant alone; null where it means what it means for all.</param>
    public ExchangeResult Ask(byte[] json, string betas, Deadline deadline, Func<HttpAnswer, ExchangeResult?> refusal) => _endpoint.Ask(
        _endpoint.Request(HttpMethod.Post) with
        {
            Headers = [new("anthropic-beta", betas), new("Accept", "application/json")],
            Body = json,
        },
        deadline,
        answer => OAuthAnswer.Read(answer, _endpoint, environment.Now),
        refusal);
}
