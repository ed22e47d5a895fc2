using System.Text;
using Microsoft.AspNetCore.Http;

namespace LocalTokenEndpoint;

/// <summary>One thing the endpoint does: which requests it takes, and what it makes of them.</summary>
internal sealed record Route(
    FaultTarget Target,
    string Method,
    int LargestBody,
    Func<PresentedRequest, Answer> Decide,
    Func<PresentedRequest, TokenEvent> Describe)
{
    /// <summary>How long every answer is held back.</summary>
    public TimeSpan Wait { get; init; }
}

/// <summary>
/// The life of every request: take a fault, read, decide (this is where an assertion is spent), record, wait, answer.
/// </summary>
internal sealed class Responder(FaultPlan faults, EventList events, CancellationToken stopping)
{
    private static readonly TimeSpan s_dripEvery = TimeSpan.FromMilliseconds(50);

    public async Task RespondAsync(HttpContext http, Route route)
    {
        var requestId = RandomNames.RequestId();
        http.Response.Headers["Request-Id"] = requestId;
        var userAgent = http.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null;
        var seen = new TokenEvent
        {
            Path = http.Request.Path,
            Outcome = Outcomes.Refused,
            RequestId = requestId,
            UserAgent = userAgent,
        };

        var (fault, release) = faults.Take(route.Target, userAgent);
        if (fault is { Kind: FaultKind.DropBeforeReading })
        {
            var name = FaultyAnswer.NameOf(fault.Kind);
            events.Add(seen with { Outcome = Outcomes.Fault, Reason = name, Fault = name });
            http.Abort();
            return;
        }

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        var answer = await DecideAsync(http, route, fault, seen).ConfigureAwait(false);
        var wait = route.Wait + (fault?.Wait ?? TimeSpan.Zero);
        events.Add(answer.Event with
        {
            RequestId = requestId,
            UserAgent = userAgent,
            DelayMilliseconds = (int)wait.TotalMilliseconds,
        });
        try
        {
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, gone.Token).ConfigureAwait(false);
            }

            if (fault is { IsHeld: true })
            {
                await release.WaitAsync(gone.Token).ConfigureAwait(false);
            }

            await AnswerAsync(http, answer, fault?.Kind, gone.Token).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is OperationCanceledException or IOException)
        {
            // The client went away, or the endpoint stops: the event is all that was to be had.
            http.Abort();
        }
    }

    private static async Task<Answer> DecideAsync(HttpContext http, Route route, Fault? fault, TokenEvent seen)
    {
        if (http.Request.Method != route.Method)
        {
            var body = AnthropicError.Body(405, "Method Not Allowed", seen.RequestId!);
            var refusal = Answer.Refused(405, body, Reasons.MethodNotAllowed, seen with { Status = 405 });
            return refusal with { Headers = new Dictionary<string, string> { ["Allow"] = route.Method } };
        }

        if (await PresentedRequest.ReadAsync(http, seen.RequestId!, route.LargestBody).ConfigureAwait(false) is not { } request)
        {
            var body = AnthropicError.Body(413, "Request exceeds the maximum size", seen.RequestId!);
            return Answer.Refused(413, body, Reasons.RequestTooLarge, seen with { Status = 413 });
        }

        var answer = fault is null or { SpendFirst: true } ? route.Decide(request) : new Answer(0, "", route.Describe(request));
        return fault is null
            ? answer with { Event = answer.Event with { Status = answer.Status } }
            : FaultyAnswer.Apply(fault, answer, request);
    }

    private static async Task AnswerAsync(
        HttpContext http, Answer answer, FaultKind? fault, CancellationToken gone)
    {
        switch (fault)
        {
            case FaultKind.DropAfterSpending:
                http.Abort();
                return;
            case FaultKind.Hang:
                await Task.Delay(Timeout.Infinite, gone).ConfigureAwait(false);
                return;
            case FaultKind.Drip:
                await PourAsync(http, " "u8.ToArray(), s_dripEvery, gone).ConfigureAwait(false);
                return;
            case FaultKind.Endless:
                await PourAsync(http, Encoding.ASCII.GetBytes(new string('x', 65536)), TimeSpan.Zero, gone).ConfigureAwait(false);
                return;
        }

        await WriteAsync(http, answer, gone).ConfigureAwait(false);
    }

    /// <summary>Begins like a good answer, so that only a client with limits of its own ever finishes.</summary>
    private static async Task PourAsync(HttpContext http, byte[] piece, TimeSpan every, CancellationToken gone)
    {
        http.Response.ContentType = Answer.Json;
        await http.Response.Body.WriteAsync("{\"access_token\":\""u8.ToArray(), gone).ConfigureAwait(false);
        while (true)
        {
            await http.Response.Body.WriteAsync(piece, gone).ConfigureAwait(false);
            await http.Response.Body.FlushAsync(gone).ConfigureAwait(false);
            await Task.Delay(every, gone).ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(HttpContext http, Answer answer, CancellationToken gone)
    {
        var body = answer.Bytes;
        http.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            http.Response.Headers[name] = value;
        }

        if (body.Length > 0)
        {
            http.Response.ContentType = answer.ContentType;
        }

        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, gone).ConfigureAwait(false);
    }
}
