using AotBroker.Errors;
using AotBroker.Http;
using AotBroker.Identity;
using AotBroker.Interop;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Evidence;

/// <summary>
/// Who the workload is: where the identity was looked for, and what its token says. The source is asked for a token, which is
/// not presented to any service.
/// </summary>
internal sealed record IdentityReport
{
    /// <summary>Longer than any working source takes.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>The profile's name; null if there is none, which is not an error here.</summary>
    public string? Profile { get; init; }

    /// <summary>Why this profile was selected; null if there is none.</summary>
    public string? SelectedBy { get; init; }

    /// <summary>Where the identity comes from; null if it is not known, and <see cref="Problem"/> says why.</summary>
    public IdentityChoice? Choice { get; init; }

    /// <summary>What was tried before it, in this order.</summary>
    public required IReadOnlyList<SkippedSource> Skipped { get; init; }

    /// <summary>The source in words.</summary>
    public string? Description { get; init; }

    public TokenSupply? Supply { get; init; }

    /// <summary>Null if there is none; <see cref="Problem"/> says why.</summary>
    public IdentityToken? Token { get; init; }

    /// <summary>When the platform will issue another token, in Unix seconds; null if that is not known.</summary>
    public long? RotatesAt { get; init; }

    /// <summary>What an exchange would end with before anything is presented.</summary>
    public BrokerException? Problem { get; init; }

    /// <summary>Unix seconds.</summary>
    public required long Now { get; init; }

    public static IdentityReport Of(string? option, ProcessEnvironment environment, Func<PinnedHttp> network)
    {
        List<SkippedSource> passed = [];
        IdentityReport report = new() { Skipped = passed, Now = environment.Now };
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
