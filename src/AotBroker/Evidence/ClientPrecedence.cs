using System.Text;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Logins;
using AotBroker.Profiles;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Evidence;

/// <summary>
/// Which credential each of Anthropic's clients would use here. They agree on the order and differ in edge cases, which
/// are as in the source of the Go SDK 1.60.0, Python 0.121.0, TypeScript 1.11.0, C# 12.38.0 and the `ant` CLI 1.20.0.
/// </summary>
internal sealed class ClientPrecedence(ProcessEnvironment environment)
{
    /// <summary>What a client would do.</summary>
    /// <param name="Client">The client's name.</param>
    /// <param name="Source">The credential it would use.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="IsFederation">It would use the workload's identity.</param>
    internal readonly record struct Verdict(string Client, string Source, string Reason, bool IsFederation);

    private const string StaticKeyReason = "a static key comes before every identity";

    private enum Client
    {
        Go,
        Python,
        TypeScript,
        CSharp,
        Ant,
        ClaudeCode,
    }

    public List<Verdict> All()
    {
        List<Verdict> verdicts = [];
        foreach (Client client in (ReadOnlySpan<Client>)[Client.Go, Client.Python, Client.TypeScript, Client.CSharp, Client.Ant, Client.ClaudeCode])
        {
            (string source, string reason, bool isFederation) = Decide(client);
            verdicts.Add(new Verdict(NameOf(client), source, reason, isFederation));
        }
        return verdicts;
    }

    private static string NameOf(Client client) => client switch
    {
        Client.Go => "Go SDK",
        Client.Python => "Python SDK",
        Client.TypeScript => "TypeScript SDK",
        Client.CSharp => "C# SDK",
        Client.Ant => "ant CLI",
        _ => "Claude Code",
    };

    private (string Source, string Reason, bool IsFederation) Decide(Client client)
    {
        if (client == Client.ClaudeCode && ClaudeCodeProvider.Of(environment) is { } chosen)
        {
            return ("the credentials of " + chosen.Cloud, $"{chosen.Variable} is set", false);
        }
        if (client == Client.ClaudeCode)
        {
            if (OfClaudeCode() is { } first)
            {
                return first;
            }
        }
        else if (StaticKey(client) is { } key)
        {
            return (key.Source, key.Reason, false);
        }
        if (environment.IsSet(Variables.Profile) && environment.Get(Variables.Profile) is null && client is Client.Go or Client.CSharp)
        {
            return ("an error", $"{Variables.Profile} is set but empty: unset it", false);
        }
        if (environment.Get(Variables.Profile) is { } named)
        {
            if (ProfileExists(client, named) || client != Client.Ant)
            {
                return Profile(client, named, Variables.Profile);
            }
        }
        if (client == Client.Python && (environment.Get(Variables.ConfigDirectory) is not null || ActiveConfig(client) is not null))
        {
            return Profile(client, ActiveConfig(client) ?? "default", environment.Get(Variables.ConfigDirectory) is not null ? Variables.ConfigDirectory : "active_config");
        }
        return Variable(client) ?? Active(client);
    }

    /// <summary>Variables, which its settings set too, and the helper between them.</summary>
    private (string Source, string Reason, bool IsFederation)? OfClaudeCode()
    {
        List<ClaudeCodeSettings.FoundSetting> settings = ClaudeCodeSettings.All(environment);
        foreach (string name in (ReadOnlySpan<string>)[Variables.AuthToken, Variables.ApiKey, ClaudeCodeSettings.Helper, Variables.ClaudeCodeOAuthToken])
        {
            if (name != ClaudeCodeSettings.Helper && environment.Get(name) is not null)
            {
                return (name, StaticKeyReason, false);
            }
            int found = settings.FindIndex(one => one.Name == name);
            if (found >= 0)
            {
                ClaudeCodeSettings.FoundSetting one = settings[found];
                return (one.Path, one.IsOurs ? $"{one.File} calls {Product.Name}" : $"it is set in {one.File}", one.IsOurs);
            }
        }
        return null;
    }

    private (string Source, string Reason)? StaticKey(Client client)
    {
        foreach (string variable in (ReadOnlySpan<string>)[Variables.ApiKey, Variables.AuthToken])
        {
            if (environment.Get(variable) is not null)
            {
                return (variable, StaticKeyReason);
            }
            if (environment.IsSet(variable) && client is Client.Python or Client.Ant && environment.IsSet(variable))
            {
                return ("an error", $"{variable} is set but empty, which still counts: unset it");
            }
        }
        return null;
    }

    private (string Source, string Reason, bool IsFederation)? Variable(Client client)
    {
        bool hasRule = environment.Get(Variables.FederationRuleId) is not null;
        bool hasOrganization = environment.Get(Variables.OrganizationId) is not null;
        bool hasToken = environment.Get(Variables.IdentityTokenFile) is not null || environment.Get(Variables.AnthropicIdentityToken) is not null;
        if (hasRule && hasToken && (hasOrganization || client == Client.CSharp))
        {
            return ("the federation variables", $"{Variables.FederationRuleId} and an identity token are set", true);
        }
        if (client == Client.Ant && (hasRule || hasToken || hasOrganization))
        {
            return ("an error", "only some of the federation variables are set", false);
        }
        return null;
    }

    private (string Source, string Reason, bool IsFederation) Active(Client client)
    {
        string? active = ActiveConfig(client);
        string name = active ?? "default";
        return active is not null || ProfileExists(client, name)
            ? Profile(client, name, active is null ? "it is the fallback" : "active_config")
            : ("nothing", WhyNothing(), false);
    }

    private string WhyNothing() =>
        environment.Get(Variables.FederationRuleId) is not null && environment.Get(Variables.OrganizationId) is not null
            ? "it finds no identity token that it can read; `aotbroker exec` gives it a credential"
            : "no key, no profile, no complete federation variables";

    private (string Source, string Reason, bool IsFederation) Profile(Client client, string name, string reason)
    {
        if (!ProfileExists(client, name))
        {
            return ("an error", $"profile \"{name}\" (from {reason}) does not exist", false);
        }
        return WhatBecomesOfLogin(client, name) is { } fate
            ? ($"login \"{name}\"", $"{reason}; {fate}", false)
            : ($"profile \"{name}\"", reason, true);
    }

    /// <summary>What the client does when a login's access token expires; null if the profile is not a login.</summary>
    private string? WhatBecomesOfLogin(Client client, string name)
    {
        string directory = DirectoryOf(client)!;
        try
        {
            if (ConfigFile.TryRead(ConfigDirectories.AnthropicProfileFile(directory, name)) is not { } content
                || !AnthropicProfile.TryRead(content, out AnthropicProfile? profile, out _) || profile.Authentication is not UserOAuth login)
            {
                return null;
            }
            string path = string.IsNullOrEmpty(login.CredentialsPath) ? ConfigDirectories.CredentialsFile(directory, name) : login.CredentialsPath;
            // Only C# sends a refresh without a client id.
            bool renews = (!string.IsNullOrEmpty(login.ClientId) || client == Client.CSharp)
                && new LoginFile(environment.Absolute(path), environment).TryRead(out _)?.RefreshToken is not null;
            return renews ? "renews it by itself, which spends the refresh token" : "does not renew it";
        }
        catch (BrokerException)
        {
            return null; // The broker's own part of the status says why.
        }
    }

    private bool ProfileExists(Client client, string name) =>
        ProfileName.IsValid(name) && DirectoryOf(client) is { } directory && File.Exists(ConfigDirectories.AnthropicProfileFile(directory, name));

    private string? ActiveConfig(Client client)
    {
        if (DirectoryOf(client) is not { } directory)
        {
            return null;
        }
        try
        {
            string? name = ConfigFile.TryRead(directory + "/active_config") is { } content ? Encoding.UTF8.GetString(content).Trim() : null;
            return string.IsNullOrEmpty(name) ? null : name;
        }
        catch (BrokerException)
        {
            return null; // The broker's own part of the status says why.
        }
    }

    /// <summary>The Python SDK does not know XDG_CONFIG_HOME.</summary>
    private string? DirectoryOf(Client client) =>
        client == Client.Python && environment.Get(Variables.ConfigDirectory) is null
            ? environment.Get(Variables.Home) is { } home ? home + "/.config/anthropic" : null
            : ConfigDirectories.Anthropic(environment);
}
