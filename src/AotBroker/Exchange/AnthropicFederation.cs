using AotBroker.Errors;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>The settings of Anthropic's Workload Identity Federation, each with its origin.</summary>
internal sealed record AnthropicFederation
{
    public const string DefaultBaseUrl = "https://api.anthropic.com";

    /// <summary>The audience that Anthropic expects in an identity token that is made for it.</summary>
    public const string DefaultAudience = "https://api.anthropic.com";

    public required Setting BaseUrl { get; init; }

    public required Setting FederationRuleId { get; init; }

    public required Setting OrganizationId { get; init; }

    public required Setting ServiceAccountId { get; init; }

    public required Setting WorkspaceId { get; init; }

    /// <summary>What the profile says of replays; null where it says nothing.</summary>
    public bool? SingleUse { get; init; }

    /// <summary>From a profile's settings, their gaps filled from the environment.</summary>
    public static AnthropicFederation Of(AnthropicExchange settings, string file, ProcessEnvironment environment) => new()
    {
        BaseUrl = BaseUrlOrDefault(Setting.Fill(settings.BaseUrl, file, Variables.BaseUrl, environment)),
        FederationRuleId = Setting.Fill(settings.FederationRuleId, file, Variables.FederationRuleId, environment),
        OrganizationId = Setting.Fill(settings.OrganizationId, file, Variables.OrganizationId, environment),
        ServiceAccountId = Setting.Fill(settings.ServiceAccountId, file, Variables.ServiceAccountId, environment),
        WorkspaceId = Setting.Fill(settings.WorkspaceId, file, Variables.WorkspaceId, environment),
        SingleUse = settings.SingleUse,
    };

    public AnthropicExchange ToSettings() => new()
    {
        FederationRuleId = FederationRuleId.Value,
        OrganizationId = OrganizationId.Value,
        ServiceAccountId = ServiceAccountId.Value,
        WorkspaceId = WorkspaceId.Value,
        BaseUrl = BaseUrl.Value,
        SingleUse = SingleUse,
    };

    public static Setting BaseUrlOrDefault(Setting setting) =>
        setting.IsSet ? setting with { Value = setting.Value!.TrimEnd('/') } : new Setting(DefaultBaseUrl, "the default");

    /// <summary>Checks that nothing is missing. What it costs is paid by every hit, so it does no more than that.</summary>
    /// <param name="profile">The profile's name.</param>
    /// <param name="file">Its file; null where there is none.</param>
    /// <param name="warnings">What the file holds that the broker does not know: the likely reason why something is missing.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.ProfileIncomplete"/>.</exception>
    public void RequireComplete(string profile, string? file, SchemaProblems warnings)
    {
        FederationRuleId.Require("federation_rule_id", Variables.FederationRuleId, profile, file, warnings);
        OrganizationId.Require("organization_id", Variables.OrganizationId, profile, file, warnings);
    }

    /// <summary>
    /// Checks the form of every value. Values from a file were checked when it was read; those from the environment are
    /// checked here, before the first exchange: nothing can have been cached for a value that never passed.
    /// </summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>.</exception>
    public void RequireValid()
    {
        Require(FederationRuleId, "a federation rule's id, which starts with \"fdrl_\"",
            static value => new AnthropicExchange { FederationRuleId = value });
        Require(ServiceAccountId, "a service account's id, which starts with \"svac_\"",
            static value => new AnthropicExchange { ServiceAccountId = value });
        RequireValid(OrganizationId, WorkspaceId);
    }

    /// <summary>Checks the form of the two values that a login has too.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>.</exception>
    public static void RequireValid(Setting organizationId, Setting workspaceId)
    {
        Require(organizationId, "an organization's id, which is a UUID",
            static value => new AnthropicExchange { OrganizationId = value });
        Require(workspaceId, "a workspace's id, which starts with \"wrkspc_\", or \"default\"",
            static value => new AnthropicExchange { WorkspaceId = value });
    }

    private static void Require(Setting setting, string expected, Func<string, AnthropicExchange> toModel)
    {
        if (setting.Value is { } value && toModel(value).Validate().HasErrors)
        {
            throw new BrokerException(
                ErrorCode.SettingInvalid,
                $"{setting.Origin} is not {expected}",
                "copy the id from the Console, without quotes or spaces; to leave it out, unset it");
        }
    }
}
