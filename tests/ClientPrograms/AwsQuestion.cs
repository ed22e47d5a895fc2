using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;

namespace ClientPrograms;

/// <summary>AWS's SDK, with the credentials, the region and the endpoint that its configuration names.</summary>
internal static class AwsQuestion
{
    public static async Task<string> AskAsync()
    {
        using AmazonSecurityTokenServiceClient client = new();
        var caller = await client.GetCallerIdentityAsync(new GetCallerIdentityRequest()).ConfigureAwait(false);
        return caller.Arn;
    }
}
