using AotBroker.Errors;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Identity;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Profiles;

/// <summary>Finds the profile that applies, reads it, and fills its gaps from the environment. Files and variables only.</summary>
internal static class ProfileResolver
{
    /// <summary>What stands for a profile's name where the federation variables stand for a profile.</summary>
    public const string EnvironmentName = "environment";

    /// <summary>What has to be there. As a rule, everything.</summary>
    /// <param name="Passed">Not null for the identity alone: takes the sources that are not there.</param>
    /// <param name="ExchangeAlone">Everything but the identity.</param>
    private readonly record struct ResolveRequest(List<SkippedSource>? Passed, bool ExchangeAlone);

    /// <exception cref="BrokerException">One of the profile's errors (AB03xx), or no identity was found (AB04xx).</exception>
    public static ResolvedProfile Resolve(string? option, ProcessEnvironment environment, string name = "--profile")
    {
        ProfileSelection selection = ProfileSelection.Decide(option, environment, name);
        return Read(selection, environment, default) ?? throw NotFound(selection, environment);
    }

    /// <summary>The same without a look for the identity, which need not be where a client is set up; an image, for one.</summary>
    /// <exception cref="BrokerException">One of the profile's errors (AB03xx).</exception>
    public static ResolvedProfile ResolveExchange(string? option, ProcessEnvironment environment)
    {
        ProfileSelection selection = ProfileSelection.Decide(option, environment);
        return Read(selection, environment, new ResolveRequest(null, ExchangeAlone: true)) ?? throw NotFound(selection, environment);
    }

    /// <summary>The identity alone, whether or not anything says what to exchange it for.</summary>
    /// <param name="selection">Which profile applies.</param>
    /// <param name="environment">Where variables come from.</param>
    /// <param name="passed">Takes the sources that were looked for and are not there.</param>
    /// <exception cref="BrokerException">One of the profile's errors (AB03xx), or no identity was found (AB04xx).</exception>
    public static IdentityChoice ResolveIdentity(ProfileSelection selection, ProcessEnvironment environment, List<SkippedSource> passed)
    {
        switch (Read(selection, environment, new ResolveRequest(passed, ExchangeAlone: false)))
        {
            case FederatedProfile profile:
                return new IdentityChoice(profile.File, profile.Identity, profile.IdentityOrigin, profile.Exchange.Audience, profile.Warnings);
            case null when !selection.IsExplicit:
                (IdentitySettings source, string origin) = Find(null, environment, passed);
                return new IdentityChoice(null, IdentitySources.Bind(source, environment), origin, AnthropicFederation.DefaultAudience, default);
            case null:
                throw NotFound(selection, environment);
            case { } login:
                throw new BrokerException(
                    ErrorCode.IdentityNotFound,
                    $"{login.File} is a person's login, which has no workload identity",
                    "name a profile of type \"oidc_federation\" with --profile or AOTBROKER_PROFILE");
        }
    }

    /// <param name="selection">Which profile applies.</param>
    /// <param name="environment">Where variables come from.</param>
    /// <param name="wanted">What has to be there.</param>
    private static ResolvedProfile? Read(ProfileSelection selection, ProcessEnvironment environment, ResolveRequest wanted)
    {
        if (selection.Name is not { } name)
        {
            return FromEnvironment(selection, environment, wanted);
        }
        // What `exec` published for the command that this process runs under is what was chosen there.
        return FromFile(ConfigDirectories.PublishedProfileFile(name, environment), selection, environment, wanted, isPublished: true)
            ?? FromFile(ConfigDirectories.BrokerProfileFile(name, environment), selection, environment, wanted)
            ?? FromFile(ConfigDirectories.SystemProfileFile(name, environment), selection, environment, wanted)
            ?? FromAnthropicFile(selection, environment, wanted);
    }

    private static ResolvedProfile? FromFile(string? file, ProfileSelection selection, ProcessEnvironment environment, ResolveRequest wanted, bool isPublished = false)
    {
        if (file is null || ConfigFile.TryRead(file) is not { } content)
        {
            return null;
        }
        if (!Profile.TryRead(content, out Profile? profile, out SchemaProblems problems))
        {
            throw Malformed(file, problems);
        }
        ResolvedProfile resolved = profile.Exchange is AnthropicLogin login
            ? Login(selection, file, environment, login.CredentialsPath, login.ClientId, login.BaseUrl, login.OrganizationId, login.WorkspaceId, problems, profile.Identity)
            : Complete(selection, file, environment, Exchanges.Of(profile.Exchange, file, environment), profile.Identity, problems, wanted);
        resolved = resolved is FederatedProfile federated && isPublished ? federated with { SeenAs = profile.SeenAs } : resolved;
        return resolved with { Serves = profile.Serves, VariableNames = profile.Variables };
    }

    private static ResolvedProfile? FromAnthropicFile(ProfileSelection selection, ProcessEnvironment environment, ResolveRequest wanted)
    {
        if (ConfigDirectories.Anthropic(environment) is not { } directory)
        {
            return null;
        }
        string file = ConfigDirectories.AnthropicProfileFile(directory, selection.Name!);
        if (ConfigFile.TryRead(file) is not { } content)
        {
            return null;
        }
        if (!AnthropicProfile.TryRead(content, out AnthropicProfile? profile, out SchemaProblems problems))
        {
            throw Malformed(file, problems);
        }
        if (profile.Authentication is UserOAuth login)
        {
            string credentials = string.IsNullOrEmpty(login.CredentialsPath) ? ConfigDirectories.CredentialsFile(directory, selection.Name!) : login.CredentialsPath;
            return Login(selection, file, environment, credentials, login.ClientId, profile.BaseUrl, profile.OrganizationId, profile.WorkspaceId, default, null);
        }
        if (profile.Authentication is not OidcFederation federation)
        {
            throw WithoutAuthentication(file);
        }
        return Complete(
            selection,
            file,
            environment,
            new AnthropicFederationExchange(AnthropicFederation.Of(ExchangeOf(profile, federation), file, environment), environment),
            federation.IdentityToken is { } token ? new FileIdentity { Path = token.Path } : null,
            // Members that these files' other readers know, and we do not, are none of our business.
            default,
            wanted);
    }

    private static AnthropicExchange ExchangeOf(AnthropicProfile profile, OidcFederation federation) => new()
    {
        FederationRuleId = federation.FederationRuleId,
        OrganizationId = profile.OrganizationId,
        ServiceAccountId = federation.ServiceAccountId,
        WorkspaceId = profile.WorkspaceId,
        BaseUrl = profile.BaseUrl,
    };

    private static FederatedProfile FromEnvironment(ProfileSelection selection, ProcessEnvironment environment, ResolveRequest wanted) => Complete(
        selection with { Name = EnvironmentName },
        null,
        environment,
        new AnthropicFederationExchange(AnthropicFederation.Of(new AnthropicExchange(), "", environment), environment),
        null,
        default,
        wanted);

    private static FederatedProfile Complete(
        ProfileSelection selection,
        string? file,
        ProcessEnvironment environment,
        IExchange exchange,
        IdentitySettings? identity,
        SchemaProblems warnings,
        ResolveRequest wanted)
    {
        if (wanted.Passed is null)
        {
            exchange.RequireComplete(selection.Name!, file, warnings);
        }
        bool isFound = identity is null or AutoIdentity;
        (IdentitySettings source, string origin) = isFound && !wanted.ExchangeAlone
            ? Find((identity as AutoIdentity)?.Audience, environment, wanted.Passed)
            : (identity ?? new AutoIdentity(), file ?? selection.Reason);
        if (source is FileIdentity { Path: var path } && path.StartsWith("eyJ", StringComparison.Ordinal))
        {
            // A slip that is easily made; the path would be shown, in messages and by `status`.
            throw new BrokerException(
                ErrorCode.SettingInvalid,
                $"{origin} holds what looks like an identity token, where the path of a file is expected",
                $"to hand over the token itself, set {Variables.AnthropicIdentityToken}; in a profile, name the source \"literal\"");
        }
        return new FederatedProfile
        {
            Name = selection.Name!,
            File = file,
            SelectedBy = selection.Reason,
            Exchange = exchange,
            Identity = IdentitySources.Bind(source, environment),
            IdentityOrigin = origin,
            IsIdentityFound = isFound,
            Warnings = warnings,
        };
    }

    private static (IdentitySettings, string) Find(string? audience, ProcessEnvironment environment, List<SkippedSource>? passed)
    {
        FoundIdentity found = IdentitySources.Detect(new DetectionContext(environment, audience, passed)) ?? throw IdentitySources.NotFound();
        return (found.Source, found.Origin);
    }

    private static LoginProfile Login(
        ProfileSelection selection,
        string file,
        ProcessEnvironment environment,
        string credentials,
        string? clientId,
        string? baseUrl,
        string? organizationId,
        string? workspaceId,
        SchemaProblems warnings,
        IdentitySettings? identity)
    {
        if (identity is not null)
        {
            throw new BrokerException(ErrorCode.SettingInvalid, $"{file} has both an \"identity\" and a login, which already is an identity", "leave out \"identity\", or name another type of \"exchange\"");
        }
        LoginProfile profile = new()
        {
            Name = selection.Name!,
            File = file,
            SelectedBy = selection.Reason,
            IdentityOrigin = file,
            CredentialsFile = environment.Absolute(credentials),
            ClientId = string.IsNullOrEmpty(clientId) ? null : clientId,
            Address = AnthropicFederation.BaseUrlOrDefault(Setting.Fill(baseUrl, file, Variables.BaseUrl, environment)),
            OrganizationId = Setting.Fill(organizationId, file, Variables.OrganizationId, environment),
            WorkspaceId = Setting.Fill(workspaceId, file, Variables.WorkspaceId, environment),
            Warnings = warnings,
        };
        AnthropicFederation.RequireValid(profile.OrganizationId, profile.WorkspaceId);
        return profile;
    }

    public static BrokerException Malformed(string file, SchemaProblems problems)
    {
        List<string> hints = [];
        string? first = null;
        ErrorCode code = ErrorCode.ProfileMalformed;
        foreach (SchemaProblem problem in problems)
        {
            if (!problem.IsError)
            {
                continue;
            }
            if (problem is { Kind: SchemaProblemKind.WrongValue, Pointer: "/authentication/type" })
            {
                code = ErrorCode.AuthenticationUnsupported;
            }
            if (first is null)
            {
                first = problem.ToString();
            }
            else
            {
                hints.Add("also " + problem);
            }
        }
        return new BrokerException(code, $"{file}: {first}", hints.Count > 0 ? hints : ["correct the file; `aotbroker status` reads it again"]);
    }

    private static BrokerException WithoutAuthentication(string file) => new(
        ErrorCode.ProfileMalformed,
        $"{file} has no \"authentication\"",
        "add \"authentication\": {\"type\": \"oidc_federation\"}; the rest may come from the environment");

    private static BrokerException NotFound(ProfileSelection selection, ProcessEnvironment environment)
    {
        string?[] files =
        [
            ConfigDirectories.BrokerProfileFile(selection.Name!, environment),
            ConfigDirectories.SystemProfileFile(selection.Name!, environment),
            ConfigDirectories.Anthropic(environment) is { } directory
                ? ConfigDirectories.AnthropicProfileFile(directory, selection.Name!)
                : null,
        ];
        string lookedFor = "looked for " + string.Join(", ", Array.FindAll(files, static file => file is not null));
        if (selection.IsExplicit)
        {
            return new BrokerException(
                ErrorCode.ProfileNotFound,
                $"there is no profile \"{selection.Name}\" (named by {selection.Reason})",
                SchemaText.Nearest(selection.Name!, ProfileList.Names(environment)) is { } nearest
                    ? [$"did you mean \"{nearest}\"?", $"`{Product.Name} profiles` lists the available ones", lookedFor]
                    : [$"`{Product.Name} profiles` lists the available ones", lookedFor]);
        }
        return NotConfigured(lookedFor, environment);
    }

    private static BrokerException NotConfigured(string lookedFor, ProcessEnvironment environment)
    {
        bool hasRule = environment.Get(Variables.FederationRuleId) is not null;
        bool hasOrganization = environment.Get(Variables.OrganizationId) is not null;
        if (hasRule != hasOrganization)
        {
            (string set, string missing) = hasRule
                ? (Variables.FederationRuleId, Variables.OrganizationId)
                : (Variables.OrganizationId, Variables.FederationRuleId);
            return new BrokerException(
                ErrorCode.ProfileIncomplete,
                $"{set} is set, but {missing} is not, and there is no profile",
                NearVariables.Of(missing, environment) is { } near ? $"{near} is set: did you mean {missing}?" : $"set {missing}",
                lookedFor);
        }
        return new BrokerException(
            ErrorCode.ProfileNotConfigured,
            "nothing says what to exchange the identity for",
            [.. Near(Variables.FederationRuleId, environment), .. Near(Variables.OrganizationId, environment), $"set {Variables.FederationRuleId} and {Variables.OrganizationId}, or write a profile", lookedFor]);
    }

    private static List<string> Near(string missing, ProcessEnvironment environment) =>
        NearVariables.Of(missing, environment) is { } near ? [$"{near} is set: did you mean {missing}?"] : [];
}
