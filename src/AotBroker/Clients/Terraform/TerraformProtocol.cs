using AotBroker.Brokering;
using AotBroker.Errors;
using AotBroker.Settings;

namespace AotBroker.Clients.Terraform;

/// <summary>Terraform's and OpenTofu's credentials helpers: the verb and the host are the last arguments.</summary>
internal sealed class TerraformProtocol : HelperProtocol
{
    public const string LinkName = "terraform-credentials-aotbroker";

    public override string Name => "terraform";

    public override string Description => "Terraform's credentials helper: get, store, forget HOST";

    public override HelperLink? Link => new(LinkName, TakesProfile: true);

    public override int Run(HelperCall call, Session session)
    {
        if (call.Words is not [.., { } verb, { } host])
        {
            throw UnknownVerb(call, "get HOST", "store HOST", "forget HOST");
        }
        switch (verb)
        {
            case "get":
                session.Write(RequestedUrl.TryParse(host) is { Scheme: null } asked && IsHostAlone(host, asked) && ServingProfile.Find(call, asked, session) is { } profile
                    ? new TerraformFormat().Write(Obtain(profile, new TerraformFormat(), Session.DefaultTimeout, session))
                    : "{}\n"u8);
                return 0;
            case "store":
                _ = session.Input.ReadAll(); // Otherwise Terraform would report a broken pipe, and not the reason.
                throw new BrokerException(ErrorCode.Usage, "the broker stores only credentials that it obtained itself", $"let a profile serve {host}, instead of `terraform login`");
            case "forget":
                return 0; // There is nothing that Terraform gave.
            default:
                throw UnknownVerb(call with { Words = [verb] }, "get", "store", "forget");
        }
    }

    /// <summary>Terraform names a host and perhaps a port: with a user or a path before or after it, it is another text.</summary>
    private static bool IsHostAlone(string host, RequestedUrl asked) => string.Equals(host, asked.Authority, StringComparison.OrdinalIgnoreCase);
}
