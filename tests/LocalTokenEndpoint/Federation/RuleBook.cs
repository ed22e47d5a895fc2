using System.Collections.Concurrent;

namespace LocalTokenEndpoint;

/// <summary>The federation rules in force. A test may change them while clients are at work.</summary>
public sealed class RuleBook
{
    private readonly ConcurrentDictionary<string, FederationRule> _rules = new(StringComparer.Ordinal);
    private readonly string _defaultId;

    internal RuleBook(FederationRule first)
    {
        _defaultId = first.Id;
        Set(first);
    }

    /// <summary>The rule that the endpoint started with, as it stands now.</summary>
    public FederationRule Default => _rules[_defaultId];

    /// <summary>Adds a rule, or replaces the one with the same identifier.</summary>
    public FederationRule Set(FederationRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentOutOfRangeException.ThrowIfLessThan(rule.TokenLifetimeSeconds, 60, nameof(rule));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rule.TokenLifetimeSeconds, 86_400, nameof(rule));
        return _rules[rule.Id] = rule;
    }

    /// <summary>Changes the default rule: <c>endpoint.Rules.Change(rule => rule with { … })</c>.</summary>
    public FederationRule Change(Func<FederationRule, FederationRule> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return Set(change(Default) with { Id = _defaultId });
    }

    public bool Remove(string id) => id != _defaultId && _rules.TryRemove(id, out _);

    internal FederationRule? Find(string id) => _rules.GetValueOrDefault(id);
}
