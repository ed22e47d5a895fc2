using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Reporting;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Evidence;

/// <summary>
/// What Claude Code's settings say about credentials. Its variables `env` count as if they were the process's own, and
/// `apiKeyHelper` comes before every identity. Read as Claude Code 2.1 does; values are never kept.
/// </summary>
internal static class ClaudeCodeSettings
{
    public const string Helper = "apiKeyHelper";

    private const int LargestFile = 1 << 20;

    /// <summary>A setting that decides which credential is used.</summary>
    /// <param name="Name">The variable in `env`, or <see cref="Helper"/>.</param>
    /// <param name="File">Where it is.</param>
    /// <param name="IsOurs">A helper that calls this program.</param>
    internal readonly record struct FoundSetting(string Name, string File, bool IsOurs)
    {
        /// <summary>The setting as people write it.</summary>
        public string Path => Name == Helper ? Name : "env." + Name;

        public string Describe() => $"{File} has {Path}: Claude Code prefers it to this credential";
    }

    /// <summary>All such settings except helpers that call this program; the file with the highest precedence comes first.</summary>
    public static List<FoundSetting> Foreign(ProcessEnvironment environment) => All(environment).FindAll(static one => !one.IsOurs);

    /// <summary>Writes a warning for each of them.</summary>
    public static void WarnOfForeign(ProcessEnvironment environment, Reporter reporter)
    {
        foreach (FoundSetting setting in Foreign(environment))
        {
            reporter.Warning(ErrorCode.StaticKeyShadows, setting.Describe(), "remove it from that file if it is a leftover");
        }
    }

    /// <summary>All such settings; the file with the highest precedence comes first.</summary>
    public static List<FoundSetting> All(ProcessEnvironment environment)
    {
        List<FoundSetting> all = [];
        List<string> files = Files(environment);
        for (int i = 0; i < files.Count; i++)
        {
            string file = files[i];
            // At home, this directory's file is the user's.
            if (files.IndexOf(file) == i && TrustedFile.Read(file, Trust.Platform, LargestFile) is { Status: ReadStatus.Read } read)
            {
                Read(read.Content, file, all);
            }
        }
        return all;
    }

    /// <summary>The administrator's, this directory's, and the user's.</summary>
    private static List<string> Files(ProcessEnvironment environment)
    {
        string managed = OperatingSystem.IsMacOS() ? "/Library/Application Support/ClaudeCode" : "/etc/claude-code";
        List<string> files = [$"{managed}/managed-settings.json"];
        try
        {
            string[] more = Directory.GetFiles($"{managed}/managed-settings.d", "*.json");
            Array.Sort(more, StringComparer.Ordinal);
            files.AddRange(more);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Usually there is none.
        }
        string? here = environment.WorkingDirectory;
        if (here is not null)
        {
            files.AddRange([$"{here}/.claude/settings.local.json", $"{here}/.claude/settings.json"]);
        }
        string? user = environment.Get(Variables.ClaudeConfigDirectory) ?? (environment.Get(Variables.Home) is { } home ? home + "/.claude" : null);
        if (user is ['/', ..] || (user is not null && here is not null))
        {
            files.Add((user[0] == '/' ? user : $"{here}/{user}") + "/settings.json");
        }
        return files;
    }

    private static void Read(ReadOnlySpan<byte> content, string file, List<FoundSetting> all)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        try
        {
            Utf8JsonReader reader = new(content.StartsWith(mark) ? content[mark.Length..] : content);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return;
            }
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isHelper = reader.ValueTextEquals(Helper);
                bool isVariables = reader.ValueTextEquals("env"u8);
                _ = reader.Read();
                if (isHelper && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } command)
                {
                    all.Add(new FoundSetting(Helper, file, IsOwn(command)));
                }
                else if (isVariables && reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadVariables(ref reader, file, all);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Claude Code does not use a file that it cannot read either.
        }
    }

    private static void ReadVariables(ref Utf8JsonReader reader, string file, List<FoundSetting> all)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? name = null;
            foreach (string variable in (ReadOnlySpan<string>)[Variables.AuthToken, Variables.ApiKey, Variables.ClaudeCodeOAuthToken])
            {
                name = reader.ValueTextEquals(variable) ? variable : name;
            }
            _ = reader.Read();
            if (name is not null && reader.TokenType == JsonTokenType.String && !reader.ValueTextEquals(""u8))
            {
                all.Add(new FoundSetting(name, file, false));
            }
            reader.Skip();
        }
    }

    /// <summary>Whether a command line calls this program, by whatever path.</summary>
    private static bool IsOwn(string command)
    {
        string program = command.TrimStart().Split(' ', 2)[0].Trim('\'', '"');
        return program[(program.LastIndexOf('/') + 1)..] == Product.Name;
    }
}
