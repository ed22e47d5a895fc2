using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;
using static AotBroker.Identity.HostMetadata;

namespace AotBroker.Identity;

/// <summary>
/// The machine that this runs on, where neither a variable nor a file says who the workload is. Its host is asked whether it is a
/// cloud's, briefly; a negative answer is remembered, so that there is one wait.
/// </summary>
internal sealed class MachineSource(AutoIdentity settings, ProcessEnvironment environment, string firmware = FirmwareDirectory) : IIdentitySource
{
    /// <summary>The name of this identity in reports.</summary>
    public const string Origin = "the machine's metadata service";

    private const string Name = "machine";

    /// <summary>
    /// For how long, in seconds, the host is not asked again: an hour. An image without metadata stays without; a machine whose
    /// metadata was mended is not kept waiting for a day.
    /// </summary>
    private const long AbsentFor = 3600;

    /// <summary>The same if there was no answer: the machine may just have started, and be slow.</summary>
    private const long SilentFor = 60;

    private IIdentitySource? _found;

    /// <summary>How long all questions may take together. With its start and end, a process then ends within 1.5 s.</summary>
    public TimeSpan LongestSearch { get; init; } = TimeSpan.FromSeconds(1);

    public IdentitySettings Settings => settings;

    public string Description => _found?.Description ?? Origin;

    /// <summary>Before there is an answer: what the only cloud that is possible will give.</summary>
    public TokenSupply Supply => _found?.Supply ?? (Candidates(environment, firmware) is [Cloud.Aws] ? TokenSupply.Minted : TokenSupply.Cached);

    public static IIdentitySource? Bind(IdentitySettings settings, ProcessEnvironment environment) =>
        settings is AutoIdentity own ? new MachineSource(own, environment) : null;

    public static FoundIdentity? Detect(DetectionContext context) => IsOff(context.Environment)
        ? context.Without(Name, $"{Variables.BrokerHostMetadata} switches it off")
        : new FoundIdentity(new AutoIdentity { Audience = context.Audience }, Origin);

    public void AddToKey(KeyText key, string? audience)
    {
        key.Add("host", environment.HostName);
        key.Add("audience", settings.Audience ?? audience);
        AddAddresses(key);
    }

    /// <summary>Where the machine is asked is a part of who it is.</summary>
    private void AddAddresses(KeyText key)
    {
        key.Add("authority", environment.Get(AzureImdsSource.AuthorityVariable));
        key.Add("instance", environment.Get(AwsInstance.EndpointVariable));
    }

    /// <summary>That no metadata service was found a short time ago; null where it may be looked for.</summary>
    public BrokerException? Remembered() => Absence(Candidates(environment, firmware)).Read();

    public IdentityToken GetToken(string? audience, PinnedHttp http, Deadline deadline) => (_found ??= Find(http, deadline)).GetToken(settings.Audience ?? audience, http, deadline);

    public long? RotatesAt(IdentityToken token) => _found?.RotatesAt(token);

    private IIdentitySource Find(PinnedHttp http, Deadline deadline)
    {
        List<Cloud> candidates = Candidates(environment, firmware);
        if (candidates.Count == 0)
        {
            throw NotFound(candidates);
        }
        if (Remembered() is { } absent)
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
                return SourceOf(cloud);
            }
            unreachable = outcome.Kind is HttpFailureKind.Unreachable or HttpFailureKind.TimedOut ? question.Address.Authority : unreachable;
        }
        BrokerException error = NotFound(candidates);
        // Who had no second was in a hurry, and has not looked.
        if (!search.HasPassed || search.Length == LongestSearch)
        {
            Absence(candidates).Remember(error, search.HasPassed ? SilentFor : AbsentFor);
        }
        throw error;
    }

    private IIdentitySource SourceOf(Cloud cloud) => cloud switch
    {
        Cloud.Google => new GoogleMetadataSource(new GoogleMetadataIdentity(), environment),
        Cloud.Azure => new AzureImdsSource(new AzureImdsIdentity(), environment),
        Cloud.Aws => new AwsStsSource(new AwsStsIdentity(), environment, ofInstance: true),
        _ => throw new ArgumentOutOfRangeException(nameof(cloud)),
    };

    private BrokerException NotFound(List<Cloud> asked)
    {
        List<string> hints = [.. IdentitySources.NotFound().Hints];
        if (KubernetesSource.IsPod(environment))
        {
            hints.Insert(0, $"in Kubernetes, project a service account token to {KubernetesSource.DefaultPath}: a pod is not taken for the machine it runs on");
        }
        if (asked.Contains(Cloud.Aws))
        {
            hints.Add("on AWS, in a container on an instance, the metadata service's answer needs a second hop: `aws ec2 modify-instance-metadata-options --http-put-response-hop-limit 2`");
        }
        string where = asked.Count == 0 ? "" : $": no variable or file points to one, and no cloud's metadata service answers ({string.Join(", ", asked.ConvertAll(NameOf))})";
        return new BrokerException(ErrorCode.IdentityNotFound, IdentitySources.NotFound().Message + where, hints);
    }

    /// <summary>The machine is the same for every profile; what was asked, and where, may differ.</summary>
    private HostAbsence Absence(List<Cloud> asked)
    {
        KeyText text = new();
        text.Add("asked", string.Join(' ', asked.ConvertAll(NameOf)));
        AddAddresses(text);
        return new HostAbsence(text, environment);
    }
}
