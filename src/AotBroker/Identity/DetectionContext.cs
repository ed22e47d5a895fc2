using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Identity;

/// <summary>A source that is there, and what showed it.</summary>
/// <param name="Source">With the settings that were found.</param>
/// <param name="Origin">The variable or the file.</param>
internal sealed record FoundIdentity(IdentitySettings Source, string Origin);

/// <summary>A source that was looked for and is not there, or was not needed any more.</summary>
internal sealed record SkippedSource(string Source, string Reason);

/// <summary>What sources look at to tell whether they are there: variables and files, never the network.</summary>
/// <param name="environment">The variables.</param>
/// <param name="audience">What the profile asks for; null where it leaves that to the exchange.</param>
/// <param name="passed">Takes the sources that are not there, for people; null if they are not wanted.</param>
internal sealed class DetectionContext(ProcessEnvironment environment, string? audience, List<SkippedSource>? passed = null)
{
    public ProcessEnvironment Environment => environment;

    public string? Audience => audience;

    public string? Get(string variable) => environment.Get(variable);

    /// <summary>Notes that a source is not there.</summary>
    public FoundIdentity? Without(string source, string reason)
    {
        passed?.Add(new SkippedSource(source, reason));
        return null;
    }

    /// <summary>Whether a variable is set; notes where it is not.</summary>
    public bool Has(string source, string variable)
    {
        if (environment.Get(variable) is not null)
        {
            return true;
        }
        _ = passed is null ? null : Without(source, $"{variable} is not set");
        return false;
    }

    /// <summary>Whether any of these variables is set; notes where none is.</summary>
    public bool HasAny(string source, params ReadOnlySpan<string> variables)
    {
        if (environment.FirstSet(variables) is not null)
        {
            return true;
        }
        _ = passed is null ? null : Without(source, $"{variables[0]} is not set");
        return false;
    }

    /// <summary>Whether all of a platform's variables are set; notes where none is.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.IdentityVariablesIncomplete"/>: some are, and some are not.</exception>
    public bool HasAll(string source, ReadOnlySpan<string> variables, params IReadOnlyList<string> hints)
    {
        string? set = null;
        string? missing = null;
        foreach (string variable in variables)
        {
            if (environment.Get(variable) is null)
            {
                missing ??= variable;
            }
            else
            {
                set ??= variable;
            }
        }
        if (set is not null && missing is not null)
        {
            throw new BrokerException(ErrorCode.IdentityVariablesIncomplete, $"{set} is set, but {missing} is not", hints);
        }
        _ = missing is null || passed is null ? null : Without(source, $"{variables[0]} is not set");
        return missing is null;
    }
}
