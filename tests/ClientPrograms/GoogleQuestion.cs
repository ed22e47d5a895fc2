using Google.Apis.Auth.OAuth2;

namespace ClientPrograms;

/// <summary>Google's library, with an external account's configuration. The answer is the access token's digest, not the token.</summary>
internal static class GoogleQuestion
{
    public static async Task<string> AskAsync(string configuration)
    {
        var credential = CredentialFactory.FromFile<GoogleCredential>(configuration);
        var token = await credential.UnderlyingCredential.GetAccessTokenForRequestAsync().ConfigureAwait(false);
        return Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token)));
    }
}
