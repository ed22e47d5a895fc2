namespace AotBroker.Arguments;

/// <summary>
/// The options that several commands have, or that are checked for a number. Each is created when it is needed: a hit creates
/// only those of its own command, and no table.
/// </summary>
internal static class Options
{
    public const string ProfileOption = "--profile";
    public const string VerboseName = "--verbose";
    public const string FormatName = "--format";
    public const string MinimumLifeName = "--min-ttl";
    public const string ForceRefreshName = "--force-refresh";
    public const string TimeoutName = "--timeout";
    public const string WaitName = "--wait";
    public const string WithName = "--with";
    public const string KeepStaticKeysName = "--keep-static-keys";
    public const string NoRefreshName = "--no-refresh";
    public const long LongestTimeout = 3600;
    public const long LongestWait = 86400;

    private const string Seconds = "a whole number of seconds";

    public static Option Profile => ProfileOf(isList: false);

    public static Option Verbose => VerboseOf(isList: false);

    public static Option Json => new("--json", "Print JSON");

    public static Option Timeout => Number(TimeoutName, "SECONDS", "How long to wait for a credential", Seconds, 1, LongestTimeout, "60");

    public static Option Wait => Number(WaitName, "SECONDS", "If the identity token is used up or expired, wait up to SECONDS for a new one, in addition to --timeout", Seconds, 0, LongestWait);

    public static Option MinimumLife => Number(MinimumLifeName, "SECONDS", "Renew it if it is valid for less than this", Seconds, 0, long.MaxValue);

    /// <summary>The options of every helper, wherever they stand among the client's words.</summary>
    /// <param name="areLists">Each may be given several times.</param>
    public static Option[] OfHelpers(bool areLists) => [ProfileOf(areLists), VerboseOf(areLists)];

    public static Option Number(string name, string valueName, string about, string unit, long least, long most, string usual = "") =>
        new(name, Value.Number, valueName, about) { Unit = unit, Least = least, Most = most, Default = usual };

    private static Option ProfileOf(bool isList) => new(ProfileOption, Value.Profile, "NAME", "The profile to use") { IsList = isList };

    private static Option VerboseOf(bool isList) => new(VerboseName, "Log to standard error (also: AOTBROKER_LOG=debug)") { IsList = isList };

    /// <summary>Whether it asks for help, in any command.</summary>
    public static bool AsksForHelp(string argument) => argument is "--help" or "-h" or "-?";
}
