using System.Globalization;
using System.Text.Json;
using AotBroker.Errors;
using AotBroker.Settings;

namespace AotBroker.Exchange;

/// <summary>What limits a session of a role beyond the role itself: a policy as a text, and managed ones by their ARNs.</summary>
internal readonly struct AwsSessionPolicies(string? policy, IReadOnlyList<string>? arns)
{
    /// <summary>In one line: JSON has its line breaks between its texts alone, where a blank says the same.</summary>
    private readonly string? _policy = policy?.Replace('\n', ' ').Replace('\r', ' ').Replace('\t', ' ');

    public void AddToKey(KeyText key)
    {
        key.Add("policy", _policy);
        for (int i = 0; i < arns?.Count; i++)
        {
            key.Add("policy_arn", arns[i]);
        }
    }

    /// <exception cref="BrokerException"><see cref="ErrorCode.SettingInvalid"/>: the policy is not JSON.</exception>
    public void RequireValid(string file)
    {
        try
        {
            using JsonDocument? document = _policy is null ? null : JsonDocument.Parse(_policy);
        }
        catch (JsonException)
        {
            throw new BrokerException(ErrorCode.SettingInvalid, $"{file} has a policy that is not JSON", "write the policy as one string, with its quotes escaped");
        }
    }

    /// <summary>As a request names them.</summary>
    public IEnumerable<(string Name, string? Value)> ToSend()
    {
        yield return ("Policy", _policy);
        for (int i = 0; i < arns?.Count; i++)
        {
            yield return ($"PolicyArns.member.{(i + 1).ToString(CultureInfo.InvariantCulture)}.arn", arns[i]);
        }
    }
}
