using System.Buffers;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Http;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using static AotBroker.Exchange.CredentialEndpoint;

namespace AotBroker.Logins;

/// <summary>
/// A login's refresh (RFC 6749, section 6) as a JSON request to <c>/v1/oauth/token</c>. The federation's beta must be
/// absent: it would lead the request to another service. Source: the Go SDK 1.60.0 and the Python SDK 0.121.0.
/// </summary>
/// <exception cref="BrokerException"><see cref="ErrorCode.EndpointRefused"/>: the address cannot be used.</exception>
internal sealed class AnthropicRefreshExchange(LoginProfile login, PinnedHttp http, ProcessEnvironment environment)
{
    private const string Beta = "oauth-2025-04-20";

    private readonly AnthropicTokenEndpoint _endpoint = new(login.BaseUrl, AnthropicTokenEndpoint.Check(login.BaseUrl), http, environment);

    /// <summary>The token endpoint's address.</summary>
    public string Endpoint => AnthropicTokenEndpoint.AddressAt(login.BaseUrl);

    /// <summary>Presents the refresh token, once.</summary>
    public ExchangeResult Present(Secret refreshToken, Deadline deadline)
    {
        ArrayBufferWriter<byte> request = new();
        using (Utf8JsonWriter writer = new(request))
        {
            writer.WriteStartObject();
            writer.WriteString("grant_type", "refresh_token");
            writer.WriteString("refresh_token", refreshToken.Reveal());
            writer.WriteString("client_id", login.ClientId);
            writer.WriteEndObject();
        }
        return _endpoint.Ask(request.WrittenSpan.ToArray(), Beta, deadline, Refusal);
    }

    private ExchangeResult? Refusal(HttpAnswer answer) => answer.Status switch
    {
        400 when ErrorBody.IsInvalidGrant(answer.Body) => Refused(ErrorCode.LoginEnded, $"the login in {login.CredentialsFile} has ended: its refresh token is no longer valid{Told(answer)}",
            "log in again with the tool that wrote the file, such as `ant auth login`",
            "a program that refreshes the same login by itself can end it: run it under `aotbroker exec`"),
        400 => Refused(ErrorCode.ExchangeMalformedRequest, $"the token endpoint rejected the request as malformed{Told(answer)}",
            "check client_id in the profile"),
        401 => Refused(ErrorCode.ExchangeRefused, $"the token endpoint refused to refresh the login in {login.CredentialsFile}{Told(answer)}",
            "check client_id in the profile, or log in again with the tool that wrote the file"),
        403 => Refused(ErrorCode.ExchangeForbidden, $"the token endpoint forbids refreshing the login{Told(answer)}",
            "the account, the organization or the workspace may have been closed to this login"),
        _ => null,
    };
}
