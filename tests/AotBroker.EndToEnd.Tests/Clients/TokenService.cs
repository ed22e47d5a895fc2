using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A service that exchanges identity tokens: it grants a new token each time, or refuses.</summary>
/// <param name="sandbox">Whose secrets the tokens are.</param>
/// <param name="prefix">How the service's tokens begin.</param>
/// <param name="grant">The answer, where @TOKEN@ stands for the token.</param>
internal sealed class TokenService(Sandbox sandbox, string prefix, string grant)
{
    /// <summary>As far away as a real one is: who starts at the same time has asked before it answers.</summary>
    private static readonly TimeSpan s_distance = TimeSpan.FromMilliseconds(200);

    private int _asked;

    /// <summary>The one that was granted last; null before.</summary>
    public string? Token { get; private set; }

    /// <summary>What is said instead, and the status.</summary>
    public (int Status, string Body)? Refusal { get; set; }

    /// <summary>How often it was asked, whatever came of it.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public async Task AnswerAsync(HttpContext http)
    {
        Interlocked.Increment(ref _asked);
        await Task.Delay(s_distance);
        if (Refusal is { } refusal)
        {
            await Imitation.SayAsync(http, refusal.Status, refusal.Body);
            return;
        }

        Token = sandbox.AddSecret(prefix + RandomNumberGenerator.GetHexString(40, lowercase: true));
        await Imitation.SayAsync(http, 200, grant.Replace("@TOKEN@", Token, StringComparison.Ordinal));
    }
}
