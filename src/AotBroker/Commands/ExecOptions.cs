using System.Globalization;
using AotBroker.Brokering;

namespace AotBroker.Commands;

/// <summary>What `exec` was asked for.</summary>
internal sealed record ExecOptions
{
    public const string Verb = "exec";

    public string? Profile { get; set; }

    /// <summary>Each a profile, and after a colon how its credential is handed over; both as they were written.</summary>
    public List<string> With { get; } = [];

    public bool KeepStaticKeys { get; set; }

    /// <summary>Renew the credential while the command runs, and remove it afterwards.</summary>
    public bool Refresh { get; set; } = true;

    public TimeSpan Timeout { get; set; } = Session.DefaultTimeout;

    /// <summary>For another identity token, where the only one is spent.</summary>
    public TimeSpan Wait { get; set; }

    public bool Verbose { get; set; }

    /// <summary>How many of the last arguments are the command: its octets are taken from the kernel, as they came.</summary>
    public required int CommandLength { get; set; }

    /// <summary>The command as text, where the kernel does not tell.</summary>
    public required string[] Command { get; set; }

    /// <summary>
    /// Takes the arguments apart by hand: what follows `--`, or the first word that is no option, is the command's and is
    /// not looked at. Whatever is not right is left to System.CommandLine, for its help and its words on what is wrong: null.
    /// </summary>
    public static ExecOptions? TryParse(ReadOnlySpan<string> arguments)
    {
        if (arguments.IsEmpty || arguments[0] != Verb)
        {
            return null;
        }
        ExecOptions options = new() { CommandLength = 0, Command = [] };
        int i = 1;
        for (; i < arguments.Length && arguments[i].StartsWith('-') && arguments[i] != "--"; i++)
        {
            switch (arguments[i])
            {
                case "--keep-static-keys":
                    options.KeepStaticKeys = true;
                    break;
                case "--no-refresh":
                    options.Refresh = false;
                    break;
                case "--verbose":
                    options.Verbose = true;
                    break;
                case "--profile" when i + 1 < arguments.Length:
                    options.Profile = arguments[++i];
                    break;
                case "--with" when i + 1 < arguments.Length:
                    options.With.Add(arguments[++i]);
                    break;
                case string text when text.StartsWith("--with=", StringComparison.Ordinal):
                    options.With.Add(text["--with=".Length..]);
                    break;
                case "--timeout" when i + 1 < arguments.Length && TakeTimeout(options, arguments[i + 1]):
                    i++;
                    break;
                case "--wait" when i + 1 < arguments.Length && TakeWait(options, arguments[i + 1]):
                    i++;
                    break;
                case string text when text.StartsWith("--wait=", StringComparison.Ordinal) && TakeWait(options, text["--wait=".Length..]):
                    break;
                case string text when text.StartsWith("--profile=", StringComparison.Ordinal) && text.Length > "--profile=".Length:
                    options.Profile = text["--profile=".Length..];
                    break;
                case string text when text.StartsWith("--timeout=", StringComparison.Ordinal) && TakeTimeout(options, text["--timeout=".Length..]):
                    break;
                default:
                    return null;
            }
        }
        if (i < arguments.Length && arguments[i] == "--")
        {
            i++;
        }
        if (i >= arguments.Length || options.Profile is "")
        {
            return null;
        }
        options.Command = arguments[i..].ToArray();
        options.CommandLength = options.Command.Length;
        return options;
    }

    private static bool TakeTimeout(ExecOptions options, string text)
    {
        bool isRight = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
            && seconds is >= 1 and <= GetOptions.LongestTimeout;
        options.Timeout = TimeSpan.FromSeconds(isRight ? seconds : 0);
        return isRight;
    }

    private static bool TakeWait(ExecOptions options, string text)
    {
        bool isRight = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= GetOptions.LongestWait;
        options.Wait = TimeSpan.FromSeconds(isRight ? seconds : 0);
        return isRight;
    }
}
