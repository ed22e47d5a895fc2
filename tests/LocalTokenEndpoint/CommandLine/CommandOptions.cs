using System.Globalization;
using System.Net;

namespace LocalTokenEndpoint;

/// <summary>The arguments cannot be understood; the message says which.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The executable's arguments.</summary>
internal sealed record CommandOptions
{
    public const string Usage = """
        Usage: LocalTokenEndpoint --write-dir DIR [OPTION]...

          --http PORT             serve HTTP on 127.0.0.1; 0 for any free port
          --https PORT            serve HTTPS likewise; without either, both on free ports
          --name NAME             a further name for the certificate, and for --dns (repeatable)
          --write-dir DIR         where endpoint.json, ca.pem, identity-token and, last, ready are written
          --audience TEXT         the rule's audience, and that of the identity token
          --workspace ID          a workspace of the rule (repeatable; one is made up without)
          --rule-lifetime SECONDS the rule's token lifetime, 60 to 86400 (3600)
          --jwt-lifetime SECONDS  the life of the identity token that is written (300)
          --no-check-jti          let an identity token be presented any number of times
          --delay-ms MS           hold every answer of the token endpoint back, after spending (0)
          --dns ADDRESS:PORT      answer DNS for the names with 127.0.0.1, over UDP
          --until-stdin-closes    stop when standard input ends, and not only at SIGTERM
          --help                  this text
        """;

    public int? HttpPort { get; private set; }

    public int? HttpsPort { get; private set; }

    public List<string> Names { get; } = [];

    public string WriteDirectory { get; private set; } = "";

    public string Audience { get; private set; } = LocalEndpointOptions.DefaultAudience;

    public List<string> Workspaces { get; } = [];

    public int RuleLifetimeSeconds { get; private set; } = 3600;

    public int JwtLifetimeSeconds { get; private set; } = 300;

    public bool CheckJti { get; private set; } = true;

    public int DelayMilliseconds { get; private set; }

    public IPEndPoint? DnsAddress { get; private set; }

    public bool UntilStdinCloses { get; private set; }

    public bool Help { get; private set; }

    public static CommandOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new CommandOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var option = arguments[index];
            options.Take(option, () =>
                ++index < arguments.Count ? arguments[index] : throw new UsageException($"{option} needs a value"));
        }

        if (options.WriteDirectory.Length == 0 && !options.Help)
        {
            throw new UsageException("--write-dir is required");
        }

        return options.HttpPort is null && options.HttpsPort is null ? options with { HttpPort = 0, HttpsPort = 0 } : options;
    }

    public LocalEndpointOptions ToEndpointOptions()
    {
        var rule = new FederationRule
        {
            Audience = Audience,
            SubjectPrefix = LocalEndpointOptions.DefaultSubjectPrefix,
            TokenLifetimeSeconds = RuleLifetimeSeconds,
            CheckJti = CheckJti,
        };
        return new LocalEndpointOptions
        {
            HttpPort = HttpPort,
            HttpsPort = HttpsPort,
            Names = Names,
            AnswerDelay = TimeSpan.FromMilliseconds(DelayMilliseconds),
            Rule = Workspaces.Count == 0 ? rule : rule with { Workspaces = Workspaces },
        };
    }

    private void Take(string option, Func<string> value)
    {
        switch (option)
        {
            case "--http": HttpPort = Number(option, value(), 0, 65535); break;
            case "--https": HttpsPort = Number(option, value(), 0, 65535); break;
            case "--name": Names.Add(value()); break;
            case "--write-dir": WriteDirectory = value(); break;
            case "--audience": Audience = value(); break;
            case "--workspace": Workspaces.Add(value()); break;
            case "--rule-lifetime": RuleLifetimeSeconds = Number(option, value(), 60, 86_400); break;
            case "--jwt-lifetime": JwtLifetimeSeconds = Number(option, value(), 1, int.MaxValue); break;
            case "--no-check-jti": CheckJti = false; break;
            case "--delay-ms": DelayMilliseconds = Number(option, value(), 0, int.MaxValue); break;
            case "--dns": DnsAddress = Address(option, value()); break;
            case "--until-stdin-closes": UntilStdinCloses = true; break;
            case "--help" or "-h": Help = true; break;
            default: throw new UsageException($"unknown argument {option}");
        }
    }

    private static int Number(string option, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new UsageException($"{option} needs a number from {least} to {most}, not {text}");

    private static IPEndPoint Address(string option, string text) =>
        text.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(text, out var address)
            ? address
            : throw new UsageException($"{option} needs ADDRESS:PORT, not {text}");
}
