using System.Globalization;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients.Google;

/// <summary>
/// The answer of an executable source of Google's external accounts: an identity token, or a failure with exit code 0.
/// Source: google-auth for Python and golang.org/x/oauth2.
/// </summary>
internal sealed class GoogleFormat : CredentialFormat
{
    private const string IdToken = "urn:ietf:params:oauth:token-type:id_token";
    private const string Jwt = "urn:ietf:params:oauth:token-type:jwt";
    private const int LargestOutputFile = 128 * 1024;

    public override string Name => "google";

    public override bool IsOffered => true;

    public override long? ClientKeepsFor => null;

    public override bool Carries(CredentialKind kind) => kind == CredentialKind.Token;

    /// <summary>Google's libraries end a program that has not answered after 30 s by default: the failure must come before.</summary>
    public override TimeSpan? UsualTimeout => TimeSpan.FromSeconds(25);

    public override byte[] Write(in OutputCredential output)
    {
        string token = output.RevealToken();
        if (token.AsSpan().Count('.') != 2)
        {
            throw new BrokerException(
                ErrorCode.Usage,
                $"the credential of profile \"{output.Profile}\" is not a JWT, and Google exchanges nothing else",
                "name a profile whose exchange is google-sts or none: Google's library makes the exchange itself, with the identity token");
        }
        JsonLine line = new JsonLine().BeginObject()
            .Number("version", 1)
            .Boolean("success", true)
            .String("token_type", TypeAskedFor(output.Environment))
            .String("id_token", token);
        if (output.EarlyExpiry is { } expiry)
        {
            line.Number("expiration_time", expiry);
        }
        return line.EndObject().ToUtf8();
    }

    /// <summary>The failure, as the library shows it to people.</summary>
    private static byte[] WriteFailure(BrokerException error) => new JsonLine().BeginObject()
        .Number("version", 1)
        .Boolean("success", false)
        .String("code", ErrorCodes.NameOf(error.Code))
        .String("message", Redaction.Shown(string.Join("; ", [error.Message, .. error.Hints])))
        .EndObject().ToUtf8();

    public override ResolvedProfile Source(ResolvedProfile profile) => (profile as FederatedProfile)?.ForClientsThatExchange ?? profile;

    /// <summary>
    /// Not if a person is at the other end of all streams: the library reads the file alone then, and a token has no place on
    /// that person's terminal.
    /// </summary>
    public override bool GoesToStandardOutput(ProcessEnvironment environment) => !environment.IsSet(Variables.GoogleOutputFile)
        || environment.Get(Variables.GoogleInteractive) != "1" || environment.Get(Variables.GoogleRevoke) == "1";

    /// <summary>The library takes a failure from standard output. Its editions for Python and Node.js read standard error too.</summary>
    public override FailureAnswer? FailureAnswer(ProcessEnvironment environment) =>
        GoesToStandardOutput(environment) ? new FailureAnswer(WriteFailure, environment.IsSet(Variables.GoogleAudience)) : null;

    /// <summary>
    /// Writes what standard output got to the file that the client names, unless it holds that already. If that
    /// cannot be done the client has its answer all the same, and runs this program once more the next time.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.OutputFailed"/>: it could not, and the answer is nowhere else.</exception>
    public override void Finish(in OutputCredential output, ReadOnlySpan<byte> written)
    {
        if (output.Environment is not { } environment || environment.Get(Variables.GoogleOutputFile) is not { } name)
        {
            return;
        }
        string path = environment.Absolute(name);
        if (PrivateFile.Read(path, LargestOutputFile).Content.SequenceEqual(written))
        {
            return;
        }
        try
        {
            PrivateFile.Replace(path, written, $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.tmp");
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            if (!GoesToStandardOutput(environment))
            {
                throw new BrokerException(
                    ErrorCode.OutputFailed,
                    $"{path}, which {Variables.GoogleOutputFile} names, could not be written: {FileSystemReason.Of(error)}",
                    "name a file of this user in \"output_file\" of the credential's configuration");
            }
        }
    }

    private static string TypeAskedFor(ProcessEnvironment? environment) => environment?.Get(Variables.GoogleTokenType) switch
    {
        null or IdToken => IdToken,
        Jwt => Jwt,
        _ => throw new BrokerException(ErrorCode.SettingInvalid, $"{Variables.GoogleTokenType} asks for a type of token that the broker does not give", $"subject_token_type must be {IdToken} or {Jwt}"),
    };
}
