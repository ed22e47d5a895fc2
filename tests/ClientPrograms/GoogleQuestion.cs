using Google.Apis.Auth.OAuth2;
using Google.Apis.Http;

namespace ClientPrograms;

/// <summary>Google's library, with which a client of its APIs signs its requests.</summary>
internal static class GoogleQuestion
{
    /// <summary>With the file that GOOGLE_APPLICATION_CREDENTIALS names, which the library reads by itself.</summary>
    public static async Task<string> AskWithFileAsync(string url) =>
        await AskAsync(url, await GoogleCredential.GetApplicationDefaultAsync().ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>With the same file, whose program is run here: the library exchanges what it prints.</summary>
    public static Task<string> AskWithProgramAsync(string url) =>
        AskAsync(url, ExecutableSource.Read(Environment.GetEnvironmentVariable("GOOGLE_APPLICATION_CREDENTIALS")!));

    /// <summary>With an access token that somebody else has exchanged.</summary>
    public static Task<string> AskWithTokenAsync(string url) =>
        AskAsync(url, GoogleCredential.FromAccessToken(Environment.GetEnvironmentVariable("GOOGLE_TOKEN")));

    private static async Task<string> AskAsync(string url, GoogleCredential credential)
    {
        using var client = new HttpClientFactory().CreateHttpClient(new CreateHttpClientArgs
        {
            Initializers = { credential.CreateScoped("https://www.googleapis.com/auth/cloud-platform") },
        });
        return await client.GetStringAsync(new Uri(url)).ConfigureAwait(false);
    }
}
