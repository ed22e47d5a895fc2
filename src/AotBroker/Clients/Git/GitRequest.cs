using System.Text;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Reporting;
using AotBroker.Settings;

namespace AotBroker.Clients.Git;

/// <summary>What git asks a credential helper for.</summary>
internal sealed record GitRequest
{
    private const string Bearer = "bearer";
    private const string Basic = "basic";

    private string? _protocol;
    private string? _host;
    private string? _path;

    /// <summary>Null if it does not name a host, or is not about HTTP.</summary>
    /// <remarks>git has decoded the path: what a URL would escape, such as a blank, is in it as it is.</remarks>
    public RequestedUrl? Url => _protocol is "http" or "https" && _host is not null && _path?.Contains('\\', StringComparison.Ordinal) != true
        && RequestedUrl.TryParse($"{_protocol}://{_host}/") is { } url ? url with { Path = "/" + _path } : null;

    public string? UserName { get; private set; }

    /// <summary>The password that was refused, a secret.</summary>
    public string? Password { get; private set; }

    /// <summary>The same of another scheme.</summary>
    public string? Credential { get; private set; }

    /// <summary>Whether git can send what is not basic authentication.</summary>
    public bool TakesAuthType { get; private set; }

    public bool OffersBearer { get; private set; }

    public bool OffersBasic { get; private set; }

    /// <summary>Reads up to a blank line, or the end.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: this is not what git writes.</exception>
    public static GitRequest Read(StandardInput input)
    {
        GitRequest request = new();
        int octets = 0;
        while (input.ReadLine() is { Length: > 0 } line)
        {
            octets += line.Length;
            int equals = line.AsSpan().IndexOf((byte)'=');
            if (equals <= 0 || line.AsSpan().Contains((byte)0) || octets > 1 << 20)
            {
                throw new BrokerException(ErrorCode.Usage, "standard input is not a request from git to a credential helper", "write lines of key=value, then an empty line");
            }
            request.Take(Encoding.UTF8.GetString(line.AsSpan(0, equals)), Encoding.UTF8.GetString(line.AsSpan(equals + 1)));
        }
        return request;
    }

    private void Take(string key, string value)
    {
        switch (key)
        {
            case "protocol":
                _protocol = value;
                break;
            case "host" when value.AsSpan().ContainsAny("/@?#"):
                _host = ""; // None that a URL could have.
                break;
            case "host":
                _host = value;
                break;
            case "path":
                _path = value;
                break;
            case "username":
                UserName = value;
                break;
            case "password":
                Password = value;
                break;
            case "credential":
                Credential = value;
                break;
            case "capability[]" when value == "authtype":
                TakesAuthType = true;
                break;
            case "wwwauth[]":
                OffersBearer |= IsScheme(value, Bearer);
                OffersBasic |= IsScheme(value, Basic);
                break;
        }
    }

    private static bool IsScheme(string challenge, string scheme) =>
        challenge.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && (challenge.Length == scheme.Length || challenge[scheme.Length] == ' ');
}
