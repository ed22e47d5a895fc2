using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Identity.HostMetadata;

namespace AotBroker.Identity;

/// <summary>
/// The machine that this runs on, where neither a variable nor a file says who the workload is. Its host is asked whether it is a
/// cloud's, briefly; that it is none is remembered, so that nobody waits for it twice.
/// </summary>
internal sealed class MachineIdentityTokenProvider(string? audience, ProcessEnvironment environment, PinnedHttp http, string firmware = FirmwareDirectory) : IIdentityTokenProvider
{
    /// <summary>How this identity is called where it is told what was found.</summary>
    public const string Origin = "the machine's metadata service";

    private const string Name = "machine";

    /// <summary>
    /// For how long, in seconds, the host is not asked again: an hour. An image without metadata stays without; a machine whose
    /// metadata was mended is not kept waiting for a day.
    /// </summary>
    private const long AbsentFor = 3600;

    /// <summary>The same where nobody said no: the machine may just have started, and be slow.</summary>
    private const long SilentFor = 60;

    private IIdentityTokenProvider? _found;

    /// <summary>How long all questions may take together. With its start and end, a process then ends within 1.5 s.</summary>
    public TimeSpan LongestSearch { get; init; } = TimeSpan.FromSeconds(1);

    public string Description => _found?.Description ?? Origin;

    /// <summary>Before anybody has answered, what the only one that can be will give.</summary>
    public TokenSupply Supply => _found?.Supply ?? (Candidates(environment, firmware) is [Cloud.Aws] ? TokenSupply.Minted : TokenSupply.Cached);

    public static FoundIdentity? Detect(Surroundings surroundings) => IsOff(surroundings.Environment)
        ? surroundings.Without(Name, $"{Variables.BrokerHostMetadata} switches it off")
        : new FoundIdentity(new AutoIdentity { Audience = surroundings.Audience }, Origin);

    /// <summary>Where the machine is asked is a part of who it is.</summary>
    public static void AddToKey(KeyText key, ProcessEnvironment environment)
    {
        key.Add("authority", environment.Get(AzureImdsIdentityTokenProvider.AuthorityVariable));
        key.Add("instance", environment.Get(AwsInstance.EndpointVariable));
    }

    /// <summary>That no metadata service was found a short time ago; null where it may be looked for.</summary>
    public static BrokerException? Remembered(ProcessEnvironment environment, string firmware = FirmwareDirectory) =>
        Absence(Candidates(environment, firmware), environment).Read();

    public IdentityToken GetToken(Deadline deadline) => (_found ??= Find(deadline)).GetToken(deadline);

    public long? RotatesAt(IdentityToken token) => _found?.RotatesAt(token);

    private IIdentityTokenProvider Find(Deadline deadline)
    {
        List<Cloud> candidates = Candidates(environment, firmware);
        if (candidates.Count == 0)
        {
            throw NotFound(candidates);
        }
        if (Remembered(environment, firmware) is { } absent)
        {
            throw absent;
        }
        Deadline search = Deadline.After(deadline.AtMost(LongestSearch), environment.Clock);
        string? unreachable = null;
        foreach (Cloud cloud in candidates)
        {
            HttpRequestPlan question = Question(cloud, environment);
            if (question.Address.Authority == unreachable)
            {
                continue; // All have the same address: where one is not answered, none is.
            }
            HttpOutcome outcome = http.Send(question, search.Remaining);
            if (outcome.Lacking is { } lacking)
            {
                throw lacking;
            }
            if (outcome.Answer is { } answer && IsAnsweredBy(cloud, answer, environment))
            {
                return ProviderOf(cloud);
            }
            unreachable = outcome.Kind is HttpFailureKind.Unreachable or HttpFailureKind.TimedOut ? question.Address.Authority : unreachable;
        }
        BrokerException error = NotFound(candidates);
        // Who had no second was in a hurry, and has not looked.
        if (!search.HasPassed || search.Length == LongestSearch)
        {
            Absence(candidates, environment).Remember(error, search.HasPassed ? SilentFor : AbsentFor);
        }
        throw error;
    }

    private IIdentityTokenProvider ProviderOf(Cloud cloud) => cloud switch
    {
        Cloud.Google => new GoogleMetadataIdentityTokenProvider(new GoogleMetadataIdentity(), audience, environment, http),
        Cloud.Azure => new AzureImdsIdentityTokenProvider(new AzureImdsIdentity(), audience, environment, http),
        _ => new AwsStsIdentityTokenProvider(new AwsStsIdentity(), audience, ofInstance: true, environment, http),
    };

    private BrokerException NotFound(List<Cloud> asked)
    {
        List<string> hints = [.. IdentitySources.NotFound().Hints];
        if (KubernetesIdentityTokenProvider.IsPod(environment))
        {
            hints.Insert(0, $"in Kubernetes, project a service account token to {KubernetesIdentityTokenProvider.DefaultPath}: a pod is not taken for the machine it runs on");
        }
        if (asked.Contains(Cloud.Aws))
        {
            hints.Add("on AWS, in a container on an instance, the metadata service's answer needs a second hop: `aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2`");
        }
        string where = asked.Count == 0 ? "" : $": no variable and no file tells of one, and no metadata service of a cloud answers ({string.Join(", ", asked.ConvertAll(NameOf))})";
        return new BrokerException(ErrorCode.IdentityNotFound, IdentitySources.NotFound().Message + where, hints);
    }

    /// <summary>The machine is the same for every profile; what was asked, and where, may differ.</summary>
    private static HostAbsence Absence(List<Cloud> asked, ProcessEnvironment environment)
    {
        KeyText text = new();
        text.Add("asked", string.Join(' ', asked.ConvertAll(NameOf)));
        AddToKey(text, environment);
        return new HostAbsence(text, environment);
    }
}
