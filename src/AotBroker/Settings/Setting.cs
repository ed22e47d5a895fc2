using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Settings;

/// <summary>A value, and where it came from: a file's path, a variable's name, or why it is what it is.</summary>
internal readonly record struct Setting(string? Value, string Origin)
{
    public static Setting Unset { get; }

    public bool IsSet => Value is not null;

    /// <summary>
    /// A file's value if it has one that is not empty, else a variable's, else none: the file wins, the environment fills
    /// gaps, as in Anthropic's Go, Python and TypeScript SDKs.
    /// </summary>
    public static Setting Fill(string? fileValue, string file, string variable, ProcessEnvironment environment)
    {
        if (!string.IsNullOrEmpty(fileValue))
        {
            return new Setting(fileValue, file);
        }
        return environment.Get(variable) is { } value ? new Setting(value, variable) : Unset;
    }

    /// <summary>Checks the form of a value that may come from the environment; what is in a file was checked when it was read.</summary>
    /// <param name="expected">What it should be: "a role's ARN".</param>
    /// <param name="problems">What the schema says of a model that holds this value alone.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>.</exception>
    public void RequireForm(string expected, SchemaProblems problems)
    {
        if (IsSet && problems.HasErrors)
        {
            throw new BrokerException(ErrorCode.SettingInvalid, $"{Origin} is not {expected}", "copy it without quotes or spaces; to leave it out, unset it");
        }
    }

    /// <summary>Checks that there is a value.</summary>
    /// <param name="member">What a profile calls it.</param>
    /// <param name="variable">What fills it; null if nothing does.</param>
    /// <param name="profile">The profile's name.</param>
    /// <param name="file">Its file; null if there is none.</param>
    /// <param name="warnings">What the file holds that the broker does not know: the likely reason.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.ProfileIncomplete"/>.</exception>
    public void Require(string member, string? variable, string profile, string? file, SchemaProblems warnings)
    {
        if (IsSet)
        {
            return;
        }
        List<string> hints = [file is null ? $"set {variable}" : variable is null ? $"set {member} in {file}" : $"set {member} in {file}, or set {variable}"];
        foreach (SchemaProblem problem in warnings)
        {
            hints.Add($"look at {problem}");
        }
        throw new BrokerException(ErrorCode.ProfileIncomplete, $"profile \"{profile}\" has no {member}", hints);
    }
}
