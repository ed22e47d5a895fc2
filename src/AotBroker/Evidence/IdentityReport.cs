using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Evidence;

/// <summary>
/// Who the workload is: where that was looked for, and what its token says. The source is asked for a token; the token is
/// shown to nobody.
/// </summary>
internal sealed record IdentityReport
{
    /// <summary>More than any source takes that works.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>The profile's name; null where there is none, which is no problem here.</summary>
    public string? Profile { get; init; }

    /// <summary>Why this profile and no other; null where there is none.</summary>
    public string? SelectedBy { get; init; }

    /// <summary>Where the identity comes from; null where <see cref="Problem"/> says why nobody knows.</summary>
    public IdentityChoice? Choice { get; init; }

    /// <summary>What was looked for before it, in this order.</summary>
    public required IReadOnlyList<SkippedSource> PassedOver { get; init; }

    /// <summary>The source in words.</summary>
    public string? Description { get; init; }

    public TokenSupply? Supply { get; init; }

    /// <summary>Null where <see cref="Problem"/> says why there is none.</summary>
    public IdentityToken? Token { get; init; }

    /// <summary>When the platform gives another token, in Unix seconds; null where that cannot be told.</summary>
    public long? RotatesAt { get; init; }

    /// <summary>What an exchange would end with before anything is presented.</summary>
    public BrokerException? Problem { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long Now { get; init; }

    public static IdentityReport Of(string? option, ProcessEnvironment environment, Func<PinnedHttp> network)
    {
        List<SkippedSource> passed = [];
        IdentityReport report = new() { PassedOver = passed, Now = environment.Now };
        try
        {
            ProfileSelection selection = ProfileSelection.Decide(option, environment);
            report = selection.Name is null || selection.IsExplicit ? Named(report, selection) : report;
            IdentityChoice choice = ProfileResolver.ResolveIdentity(selection, environment, passed);
            report = (choice.File is null ? report : Named(report, selection)) with { Choice = choice };
            return WithToken(report, choice, environment, network);
        }
        catch (BrokerException error)
        {
            return report with { Problem = error };
        }
    }

    private static IdentityReport Named(IdentityReport report, ProfileSelection selection) =>
        report with { Profile = selection.Name ?? ProfileResolver.EnvironmentName, SelectedBy = selection.Reason };

    private static IdentityReport WithToken(IdentityReport report, IdentityChoice choice, ProcessEnvironment environment, Func<PinnedHttp> network)
    {
        try
        {
            Libc.HoldStandardStreams();
            using PinnedHttp http = network();
            SourceTokens provider = new(choice.Source, choice.Audience, http);
            report = report with { Description = provider.Description, Supply = provider.Supply };
            IdentityToken token = provider.GetToken(Deadline.After(LongestWait, environment.Clock));
            report = report with { Token = token, RotatesAt = provider.RotatesAt(token), Now = environment.Now };
            token.RequireValidAt(report.Now, provider);
            return report;
        }
        catch (BrokerException error)
        {
            return report with { Problem = error };
        }
    }
}
