using System.Text;
using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// The SPIFFE Workload API, as SPIRE's agent serves it: a JWT-SVID by gRPC. The agent tells by the calling process who it
/// is, and gives the same token again until half of its life is over.
/// Source: the SPIFFE Workload API and Workload Endpoint; workloadapi.proto.
/// </summary>
internal sealed class SpiffeSource(SpiffeIdentity settings, ProcessEnvironment environment) : IIdentitySource
{
    private const string Name = "spiffe";
    private const string Socket = "SPIFFE_ENDPOINT_SOCKET";
    private const int Attempts = 5;
    private static readonly TimeSpan LongestRequest = TimeSpan.FromSeconds(10);

    public IdentitySettings Settings => settings;

    public string Description => "the SPIFFE Workload API";

    public TokenSupply Supply => TokenSupply.Cached;

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is SpiffeIdentity own ? new SpiffeSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context) => context.Has(Name, Socket)
        ? new FoundIdentity(new SpiffeIdentity { Audience = context.Audience }, Socket)
        : null;

    /// <summary>The agent tells workloads apart by their processes; where several share a cache, <c>spiffe_id</c> does.</summary>
    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("host", environment.HostName);
        key.Add("audience", settings.Audience ?? audience);
        key.Add("endpoint", environment.Get(Socket));
        key.Add("spiffe_id", settings.SpiffeId);
    }

    public long? RotatesAt(IdentityToken token) =>
        token is { IssuedAt: { } issuedAt, ExpiresAt: { } expiresAt } && expiresAt > issuedAt ? issuedAt + ((expiresAt - issuedAt) / 2) : null;

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline)
    {
        SpiffeEndpoint endpoint = SpiffeEndpoint.Of(environment.Get(Socket) ?? throw NotSet(), Socket);
        byte[] request = Request(TokenService.RequiredAudience(settings.Audience ?? audience, Name));
        BrokerException? refused = null; // Says more than that the time was over for another try.
        for (int attempt = 1; ; attempt++)
        {
            TimeSpan time = deadline.AtMost(LongestRequest);
            KeyValuePair<string, string> security = new("workload.spiffe.io", "true");
            HttpOutcome outcome = http.Send(GrpcCall.Plan(endpoint.Address, request, time, security) with { Socket = endpoint.Socket }, time);
            if (outcome.Lacking is { } lacking)
            {
                throw lacking;
            }
            GrpcCall.Answer answer = outcome.Answer is { } one ? GrpcCall.Read(one) : default;
            if (answer.Status == GrpcStatus.Ok)
            {
                return IdentityToken.Parse(Choose(answer.Message), Description, outcome.Answer!.Date);
            }
            bool mayPass = outcome.Answer is null
                ? outcome.Kind != HttpFailureKind.TimedOut && WhyThereIsNoSocket(endpoint) is null
                : answer.Status is GrpcStatus.PermissionDenied or GrpcStatus.Unavailable or GrpcStatus.ResourceExhausted;
            refused = outcome.Answer is null ? refused : Refused(answer, outcome.Answer.Status);
            if (!mayPass || attempt == Attempts || !Backoff.Pause(attempt, outcome.Answer?.RetryAfter, deadline))
            {
                throw refused ?? Unreachable(endpoint, outcome);
            }
        }
    }

    private byte[] Request(string wanted)
    {
        List<byte> message = [];
        Protobuf.AddText(message, 1, wanted);
        Protobuf.AddText(message, 2, settings.SpiffeId ?? "");
        return [.. message];
    }

    /// <summary>The first of the identities that the agent has for this process, which is its default; or the one that was asked for.</summary>
    private string Choose(byte[]? message)
    {
        Protobuf.Reader answer = new(message);
        string? chosen = null;
        while (message is not null && answer.TryNext(out int field, out ReadOnlySpan<byte> octets))
        {
            if (field == 1 && chosen is null)
            {
                chosen = Token(octets, ref answer);
            }
        }
        if (message is null || answer.IsMalformed)
        {
            throw Failed("gave an answer that cannot be read", $"check that {Socket} names the SPIFFE Workload API and nothing else");
        }
        return chosen ?? throw (settings.SpiffeId is { } id
            ? Failed($"gave no token for {id}", "register this workload with that SPIFFE id, or leave spiffe_id out of the profile")
            : Failed("gave an answer without a token", "look at the agent's log"));
    }

    private string? Token(ReadOnlySpan<byte> identity, ref Protobuf.Reader answer)
    {
        Protobuf.Reader reader = new(identity);
        string id = "";
        string token = "";
        while (reader.TryNext(out int field, out ReadOnlySpan<byte> octets))
        {
            // Of a field that comes twice, the last one counts.
            id = field == 1 ? Encoding.UTF8.GetString(octets) : id;
            token = field == 2 ? Encoding.UTF8.GetString(octets) : token;
        }
        if (reader.IsMalformed)
        {
            answer.Reject();
        }
        return settings.SpiffeId is { } wanted && wanted != id ? null : token;
    }

    private static BrokerException Unreachable(SpiffeEndpoint endpoint, HttpOutcome outcome)
    {
        if (WhyThereIsNoSocket(endpoint) is { } reason)
        {
            return new BrokerException(
                ErrorCode.IdentityUnreadable,
                $"{Socket} names {endpoint.Socket}: {reason}",
                "check that the agent runs on this machine and that the directory of its socket is mounted into this container");
        }
        string hint = outcome.Kind == HttpFailureKind.TimedOut
            ? $"the program that listens there does not answer; check that {Socket} names the agent's Workload API, and look at the agent"
            : "check that the agent runs, and that this user may write to its socket";
        return Failed("cannot be reached: " + outcome.Failure, hint);
    }

    /// <summary>Null where a socket is there, or that cannot be told.</summary>
    private static string? WhyThereIsNoSocket(SpiffeEndpoint endpoint)
    {
        if (endpoint.Socket is not { } path)
        {
            return null;
        }
        int descriptor = Libc.OpenToRead(path, followLinks: true); // A socket cannot be opened so, and says so.
        if (descriptor < 0)
        {
            return descriptor == -Libc.ErrorNoEntry ? Libc.Describe(Libc.ErrorNoEntry) : null;
        }
        Libc.Close(descriptor);
        return "it is not a socket";
    }

    private static BrokerException Refused(GrpcCall.Answer answer, int httpStatus)
    {
        string said = answer.Said is { } words ? ": " + words : "";
        return answer.Status switch
        {
            GrpcStatus.PermissionDenied => Failed(
                "does not know this process" + said,
                "register this workload with the agent's server: an entry whose selectors match this process",
                "a new entry takes some seconds to reach the agent"),
            GrpcStatus.InvalidArgument => Failed("refused the request" + said, "check identity.audience and identity.spiffe_id in the profile"),
            GrpcStatus.Unimplemented => Failed("has no JWT-SVIDs" + said, $"check that {Socket} names the Workload API, and that it gives JWT-SVIDs"),
            GrpcStatus.Unavailable or GrpcStatus.ResourceExhausted => Failed("is not ready" + said, "look at the agent's log; try again"),
            { } other => Failed($"failed with gRPC status {(int)other}{said}", "look at the agent's log"),
            null => Failed($"gave an answer that is not gRPC's (HTTP {httpStatus})", $"check that {Socket} names the SPIFFE Workload API"),
        };
    }

    private static BrokerException Failed(string what, params IReadOnlyList<string> hints) =>
        new(ErrorCode.IdentityServiceFailed, "the SPIFFE Workload API " + what, hints);

    private static BrokerException NotSet() => new(
        ErrorCode.IdentityVariablesIncomplete,
        $"the profile asks for a SPIFFE identity, but {Socket} is not set",
        "set it to the address of the agent's Workload API, such as unix:///run/spire/sockets/agent.sock");
}
