using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Clients.Git;

/// <summary>
/// git's credential helpers: the operation is the last argument, the request is lines of key and value, and what is not
/// known is ignored. Source: gitcredentials(7), git-credential(1) and credential.c of git 2.47.
/// </summary>
internal sealed class GitProtocol : HelperProtocol
{
    public override string Name => "git";

    public override string Description => "git's credential helper: get, store, erase, capability";

    public override HelperLink? Link => new("git-credential-aotbroker", TakesProfile: true);

    public override int Run(HelperCall call, Session session)
    {
        switch (call.Words is [.., { } last] ? last : "")
        {
            case "get":
                return Get(call, GitRequest.Read(session.Input), session);
            case "erase":
                Erase(call, GitRequest.Read(session.Input), session);
                return 0;
            case "store":
                _ = GitRequest.Read(session.Input); // What it got from here needs no keeping; what it did not is not ours.
                return 0;
            case "capability":
                session.Write("version 0\ncapability authtype\n"u8);
                return 0;
            case "":
                throw UnknownVerb(call, "get", "store", "erase", "capability");
            default:
                return 0; // As git asks of helpers: there will be operations that do not exist yet.
        }
    }

    private static int Get(HelperCall call, GitRequest request, Session session)
    {
        // A profile that the variable names need not be for git: its errors must not keep other helpers from answering.
        bool isForGit = call.Profile is not null || session.Environment.Get(Variables.BrokerProfile) is null;
        try
        {
            if (request.Url is not { } asked || ServingProfile.Find(call, asked, session) is not { } profile)
            {
                return 0; // Others are asked.
            }
            isForGit = true;
            OutputCredential output = Obtain(profile, new GitFormat(), Session.DefaultTimeout, session);
            if (output.Credential.Fields is not null && request.UserName is { } user && user != output.BasicUser())
            {
                return 0;
            }
            output = output with { UserName = output.UserName ?? request.UserName };
            session.Write(SendsBearer(request, output) ? GitFormat.WriteBearer(output) : new GitFormat().Write(output));
            return 0;
        }
        catch (BrokerException error) when (isForGit && error.Code != ErrorCode.OutputFailed)
        {
            session.Reporter.Error(error);
            session.Write("quit=1\n"u8); // A question for a password would hide the reason.
            return error.ExitCode;
        }
    }

    private static bool SendsBearer(GitRequest request, in OutputCredential output) =>
        request.TakesAuthType && output.Credential.Fields is null && output.Scheme switch
        {
            ServedPlacesScheme.Bearer => true,
            ServedPlacesScheme.Basic => false,
            _ => request is { OffersBearer: true, OffersBasic: false },
        };

    /// <summary>git says which secret was refused: it is dropped if it is the one that is served now.</summary>
    private static void Erase(HelperCall call, GitRequest request, Session session)
    {
        if (request.Url is { } asked && (request.Credential ?? request.Password) is { Length: > 0 } refused && ServingProfile.Find(call, asked, session) is { } profile)
        {
            RefusedCredential.Drop(profile, credential => IsSecretOf(credential, refused), Session.DefaultTimeout, session.Environment);
        }
    }

    /// <summary>Whether the credential has this secret in it. It takes as long to find that it has not.</summary>
    private static bool IsSecretOf(Credential credential, string secret) =>
        (credential.AccessToken ?? (credential.Fields is { } fields && fields.TryGetValue("password", out Secret? password) ? password : null)) is { } own
        && own == new Secret(secret);
}
