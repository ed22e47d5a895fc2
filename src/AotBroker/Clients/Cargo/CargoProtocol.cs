using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Clients.Cargo;

/// <summary>
/// cargo's credential providers: a line that names the versions, then a line of JSON for each one that cargo writes. Failures
/// are answers too. Source: the Cargo Book, "Credential Provider Protocol".
/// </summary>
internal sealed class CargoProtocol : HelperProtocol
{
    private const string Plugin = "--cargo-plugin";

    public override string Name => "cargo";

    public override string Description => "cargo's credential provider: --cargo-plugin";

    public override HelperLink? Link => new("cargo-credential-aotbroker", TakesProfile: true);

    /// <summary>cargo puts it before what its configuration says, `["aotbroker", "cargo"]` for example, which is then in each request.</summary>
    public override string? Marker => Plugin;

    public override int Run(HelperCall call, Session session)
    {
        if (call.Words is not [Plugin, ..])
        {
            throw new BrokerException(ErrorCode.Usage, $"cargo calls a credential provider with {Plugin}", $"in cargo's configuration: [registry] credential-provider = [\"{Product.Name}\", \"{Name}\", \"--profile\", \"NAME\"]");
        }
        session.Write("{\"v\":[1]}\n"u8);
        while (session.Input.ReadLine() is { Length: > 0 } request)
        {
            session.Write(Answer(call, request, session));
        }
        return 0;
    }

    private static byte[] Answer(HelperCall call, byte[] request, Session session)
    {
        try
        {
            if (RequestJson.Text(request, "kind") != "get")
            {
                return Failure("operation-not-supported").EndObject().EndObject().ToUtf8();
            }
            call = call.With(RequestJson.Texts(request, "args"));
            string index = RequestJson.Text(request, "registry", "index-url") ?? "";
            if (RequestedUrl.TryParse(UrlOf(index)) is not { Scheme: not null } asked || ServingProfile.Find(call, asked, session) is not { } profile)
            {
                return Failure("url-not-supported").EndObject().EndObject().ToUtf8();
            }
            return new CargoFormat().Write(Obtain(profile, new CargoFormat(), Session.DefaultTimeout, session));
        }
        catch (BrokerException error)
        {
            session.Reporter.Error(error);
            return Failure("other")
                .String("message", $"{ErrorCodes.NameOf(error.Code)}: {Redaction.Shown(error.Message)}")
                .Strings("caused-by", [.. Array.ConvertAll([.. error.Hints], Redaction.Shown)])
                .EndObject().EndObject().ToUtf8();
        }
    }

    /// <summary>Without the word by which cargo says of what kind the index is. A plus sign further on is part of the URL.</summary>
    private static string UrlOf(string index)
    {
        string? kind = Array.Find(["sparse+", "registry+", "git+"], kind => index.StartsWith(kind, StringComparison.Ordinal));
        return index[(kind?.Length ?? 0)..];
    }

    private static JsonLine Failure(string kind) => new JsonLine().BeginObject().BeginObject("Err").String("kind", kind);
}
