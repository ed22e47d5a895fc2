using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Exchange;

/// <summary>
/// All exchanges. A new one is a variant in schemas/profile.schema.json, a file beside this one, a test, and a line below.
/// </summary>
internal static class Exchanges
{
    /// <summary>From a profile's settings to the code that uses them.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="file">The profile's file.</param>
    /// <param name="environment">Fills what the file leaves out.</param>
    public static IExchange Of(ExchangeSettings settings, string file, ProcessEnvironment environment) => settings switch
    {
        AnthropicExchange anthropic => new AnthropicFederationExchange(AnthropicFederation.Of(anthropic, file, environment), environment),
        TokenExchange exchange => new Rfc8693Exchange(exchange, file, environment),
        JwtBearer grant => new Rfc7523Exchange(grant, file, environment),
        OctoSts octoSts => new OctoStsExchange(octoSts, file, environment),
        PypiPublishing pypi => new PyPIExchange(pypi, file, environment),
        CratesIoPublishing cratesIo => new CratesIoExchange(cratesIo, file, environment),
        NpmPublishing npm => new NpmExchange(npm, file, environment),
        NugetPublishing nuget => new NuGetExchange(nuget, file, environment),
        AwsStsExchange aws => new AwsWebIdentityExchange(aws, file, environment),
        GoogleStsExchange google => new GoogleFederationExchange(google, file, environment),
        EntraExchange entra => new EntraAssertionExchange(entra, file, environment),
        VaultExchange vault => new VaultLoginExchange(vault, file, environment),
        NoExchange none => new IdentityAsCredential(none, environment),
        _ => throw new ArgumentOutOfRangeException(nameof(settings)),
    };
}
