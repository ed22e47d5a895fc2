using System.Globalization;
using AotBroker.Clients;

namespace AotBroker.Commands;

/// <summary>What `get` was asked for.</summary>
internal sealed record GetOptions
{
    public const string Verb = "get";
    public const long LongestTimeout = 3600;
    public const long LongestWait = 86400;

    public string? Profile { get; set; }

    /// <summary>Null where it was not asked for: the usual one of the credential's kind.</summary>
    public string? Format { get; set; }

    /// <summary>Seconds; null where it was not asked for.</summary>
    public long? MinimumLife { get; set; }

    public bool ForceRefresh { get; set; }

    /// <summary>Null where it was not asked for: what the format's client waits for.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>For another identity token, where the only one is spent.</summary>
    public TimeSpan Wait { get; set; }

    public bool Verbose { get; set; }

    /// <summary>
    /// Takes the usual forms apart without System.CommandLine, which would cost as much as the rest of a hit. Whatever is
    /// not plain and right is left to it: null.
    /// </summary>
    public static GetOptions? TryParse(ReadOnlySpan<string> arguments)
    {
        if (arguments.IsEmpty || arguments[0] != Verb)
        {
            return null;
        }
        GetOptions options = new();
        for (int i = 1; i < arguments.Length; i++)
        {
            string name = arguments[i];
            string? value = null;
            if (name.StartsWith("--", StringComparison.Ordinal) && name.IndexOf('=') is > 0 and int equals)
            {
                value = name[(equals + 1)..];
                name = name[..equals];
            }
            bool isSet = value is null && TakeSwitch(options, name);
            if (isSet)
            {
                continue;
            }
            bool isFirst = !IsGiven(name, arguments[1..i]);
            value ??= i + 1 < arguments.Length ? arguments[++i] : null;
            if (!isFirst || value is null or ['-' or '/', ..] || !TakeValue(options, name, value))
            {
                return null;
            }
        }
        return options;
    }

    /// <summary>Whether the option stands among those before it: which of two values is meant, nobody can tell.</summary>
    private static bool IsGiven(string name, ReadOnlySpan<string> before)
    {
        foreach (string argument in before)
        {
            if (argument.StartsWith(name, StringComparison.Ordinal) && (argument.Length == name.Length || argument[name.Length] == '='))
            {
                return true;
            }
        }
        return false;
    }

    private static bool TakeSwitch(GetOptions options, string name)
    {
        switch (name)
        {
            case "--force-refresh":
                return options.ForceRefresh = true;
            case "--verbose":
                return options.Verbose = true;
            default:
                return false;
        }
    }

    private static bool TakeValue(GetOptions options, string name, string value)
    {
        switch (name)
        {
            case "--profile":
                options.Profile = value;
                return value.Length > 0;
            case "--format":
                options.Format = value;
                return CredentialFormats.Find(value) is not null;
            case "--min-ttl":
                options.MinimumLife = Seconds(value);
                return options.MinimumLife is not null;
            case "--timeout":
                if (Seconds(value) is not (>= 1 and <= LongestTimeout and long seconds))
                {
                    return false;
                }
                options.Timeout = TimeSpan.FromSeconds(seconds);
                return true;
            case "--wait":
                if (Seconds(value) is not (>= 0 and <= LongestWait and long longest))
                {
                    return false;
                }
                options.Wait = TimeSpan.FromSeconds(longest);
                return true;
            default:
                return false;
        }
    }

    private static long? Seconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) ? seconds : null;
}
