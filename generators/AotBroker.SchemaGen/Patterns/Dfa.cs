using System.Collections.Generic;
using System.Linq;

namespace AotBroker.SchemaGen.Patterns;

/// <summary>
/// A deterministic automaton that decides whether a pattern matches anywhere in a text. It looks at each character once, so no
/// text can make it slow.
/// </summary>
internal sealed class Dfa
{
    /// <summary>No text that begins like this can match any more.</summary>
    public const int Dead = -1;

    /// <summary>Every text that begins like this matches.</summary>
    public const int Accepted = -2;

    private const int MaxStates = 256;

    private readonly Nfa _nfa;
    private readonly int[] _bounds;
    private readonly List<State> _states = [];
    private readonly Dictionary<string, int> _known = [];

    private Dfa(Nfa nfa)
    {
        _nfa = nfa;
        IEnumerable<CharSet> sets = nfa.States.SelectMany(state => state.Moves.Select(move => move.Set));
        _bounds = [.. sets.SelectMany(set => set.Ranges).SelectMany(range => new[] { range.First, range.Last + 1 }).Append(0).Distinct().OrderBy(bound => bound)];
        IsWide = nfa.States.Any(state => state.Moves.Any(move => move.Set.IsWide));
    }

    public IReadOnlyList<State> States => _states;

    /// <summary>The state before the first character: the first one, <see cref="Dead"/> or <see cref="Accepted"/>.</summary>
    public int Start { get; private set; }

    /// <summary>The pattern tells characters apart that a C# string stores as two chars.</summary>
    public bool IsWide { get; }

    /// <summary>Null when the automaton would be too large.</summary>
    public static Dfa? TryBuild(PatternNode pattern)
    {
        if (Nfa.TryBuild(pattern) is not { } nfa)
        {
            return null;
        }

        var dfa = new Dfa(nfa);
        dfa.Start = dfa.Intern(dfa.Closure([nfa.Start], atStart: true, atEnd: false), isStart: true);
        for (int i = 0; i < dfa._states.Count; i++)
        {
            if (i == MaxStates)
            {
                return null;
            }

            dfa.Explore(dfa._states[i]);
        }

        dfa.BuryDead();
        dfa.MergeEqual();
        return dfa;
    }

    public bool Matches(string text)
    {
        int state = Start;
        for (int at = 0; at < text.Length && state >= 0; at++)
        {
            bool isPair = char.IsSurrogatePair(text, at);
            int c = isPair ? char.ConvertToUtf32(text, at) : text[at];
            state = _states[state].Moves.First(move => c >= move.First && c <= move.Last).To;
            at += isPair ? 1 : 0;
        }

        return state == Accepted || (state >= 0 && _states[state].IsAccepting);
    }

    private void Explore(State state)
    {
        for (int i = 0; i < _bounds.Length; i++)
        {
            int first = _bounds[i];
            int last = i + 1 < _bounds.Length ? _bounds[i + 1] - 1 : CharSet.Last;
            if (first > CharSet.Last)
            {
                continue;
            }

            // The match may begin at any character: the start is always among the states.
            int[] targets = [.. state.Members
                .SelectMany(member => _nfa.States[member].Moves)
                .Where(move => move.Set.Overlaps(CharSet.Of((first, last))))
                .Select(move => move.To), _nfa.Start];
            state.Moves.Add((first, last, Intern(Closure(targets, atStart: false, atEnd: false), isStart: false)));
        }
    }

    private int Intern(HashSet<int> members, bool isStart)
    {
        if (members.Contains(_nfa.End))
        {
            return Accepted;
        }

        int[] sorted = [.. members.OrderBy(member => member)];
        string key = (isStart ? "^" : "") + string.Join(",", sorted);
        if (!_known.TryGetValue(key, out int index))
        {
            // An empty text is at its start and at its end at once.
            bool isAccepting = Closure(sorted, atStart: isStart, atEnd: true).Contains(_nfa.End);
            index = _states.Count;
            _known.Add(key, index);
            _states.Add(new State(sorted, isAccepting));
        }

        return index;
    }

    private HashSet<int> Closure(IEnumerable<int> from, bool atStart, bool atEnd)
    {
        var closure = new HashSet<int>();
        var open = new Stack<int>(from);
        while (open.Count > 0)
        {
            int member = open.Pop();
            if (!closure.Add(member))
            {
                continue;
            }

            Nfa.State state = _nfa.States[member];
            foreach (int next in state.Free.Concat(atStart ? state.AtStart : []).Concat(atEnd ? state.AtEnd : []))
            {
                open.Push(next);
            }
        }

        return closure;
    }

    /// <summary>Replaces the states that never come to a match.</summary>
    private void BuryDead()
    {
        var living = new HashSet<int>(Enumerable.Range(0, _states.Count).Where(i => _states[i].IsAccepting)) { Accepted };
        bool isChanged = true;
        while (isChanged)
        {
            isChanged = false;
            for (int i = 0; i < _states.Count; i++)
            {
                if (_states[i].Moves.Any(move => living.Contains(move.To)) && living.Add(i))
                {
                    isChanged = true;
                }
            }
        }

        foreach (State state in _states)
        {
            state.Replace(to => living.Contains(to) ? to : Dead);
        }

        Start = living.Contains(Start) ? Start : Dead;
    }

    /// <summary>
    /// States from which the same texts lead to a match become one (Moore's algorithm): first all that accept, and all others;
    /// then those whose characters lead to different groups are told apart, until none are.
    /// </summary>
    private void MergeEqual()
    {
        if (Start < 0)
        {
            return;
        }

        int[] groups = [.. _states.Select(state => state.IsAccepting ? 1 : 0)];
        int count = 0;
        for (int before = -1; before != count;)
        {
            before = count;
            var signatures = new Dictionary<string, int>();
            int[] next = new int[groups.Length];
            for (int i = 0; i < groups.Length; i++)
            {
                string signature = groups[i] + ":" + string.Join(",", _states[i].Moves.Select(move => move.To < 0 ? move.To : groups[move.To]));
                if (!signatures.TryGetValue(signature, out next[i]))
                {
                    next[i] = signatures.Count;
                    signatures.Add(signature, next[i]);
                }
            }

            (groups, count) = (next, signatures.Count);
        }

        // The groups are numbered in the order of their first states, so the start stays the first.
        State[] merged = [.. Enumerable.Range(0, count).Select(group => _states[System.Array.IndexOf(groups, group)])];
        foreach (State state in merged)
        {
            state.Replace(to => to < 0 ? to : groups[to]);
        }

        _states.Clear();
        _states.AddRange(merged);
    }

    /// <param name="members">The states of the nondeterministic automaton that this one stands for.</param>
    /// <param name="isAccepting">A text that ends here matches.</param>
    internal sealed class State(int[] members, bool isAccepting)
    {
        public IReadOnlyList<int> Members { get; } = members;

        public bool IsAccepting { get; } = isAccepting;

        /// <summary>For every code point, where it leads.</summary>
        public List<(int First, int Last, int To)> Moves { get; } = [];

        public void Replace(System.Func<int, int> replace)
        {
            for (int i = 0; i < Moves.Count; i++)
            {
                Moves[i] = (Moves[i].First, Moves[i].Last, replace(Moves[i].To));
            }
        }
    }
}
