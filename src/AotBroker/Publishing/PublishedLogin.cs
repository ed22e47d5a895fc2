using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Publishing;

/// <summary>
/// What `exec` publishes for a person's login. SDKs get a login without a client id and without a refresh token: they use
/// the access token, read the file again at each call, and cannot spend anything by themselves. The broker's own profile,
/// beside it, says where the real credentials file is.
/// </summary>
internal static class PublishedLogin
{
    /// <summary>Still a login: only for this type do SDKs name the workspace in their requests.</summary>
    public static AnthropicProfile ForSdks(LoginProfile login) => new()
    {
        Version = "1.0",
        Authentication = new UserOAuth(),
        BaseUrl = login.Address.Value,
        OrganizationId = login.OrganizationId.Value,
        WorkspaceId = login.WorkspaceId.Value,
    };

    public static Profile ForBroker(LoginProfile login) => new()
    {
        Exchange = new AnthropicLogin
        {
            CredentialsPath = login.CredentialsFile,
            ClientId = login.ClientId,
            OrganizationId = login.OrganizationId.Value,
            WorkspaceId = login.WorkspaceId.Value,
            BaseUrl = login.Address.Value,
        },
    };
}
