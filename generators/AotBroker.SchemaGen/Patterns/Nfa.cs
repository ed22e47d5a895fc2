using System.Collections.Generic;

namespace AotBroker.SchemaGen.Patterns;

/// <summary>A nondeterministic automaton for a pattern (Thompson's construction).</summary>
internal sealed class Nfa
{
    /// <summary>Beyond this a pattern is refused: the deterministic automaton would be larger still.</summary>
    private const int MaxStates = 2000;

    private readonly List<State> _states = [];

    private Nfa()
    {
    }

    public int Start { get; private set; }

    public int End { get; private set; }

    public IReadOnlyList<State> States => _states;

    /// <summary>Null when the automaton would be too large.</summary>
    public static Nfa? TryBuild(PatternNode pattern)
    {
        var nfa = new Nfa();
        nfa.Start = nfa.Add();
        int end = nfa.Build(pattern, nfa.Start);
        nfa.End = end;
        return end < 0 ? null : nfa;
    }

    /// <summary>Builds the node behind a state; returns the state behind the node, or -1 when there are too many.</summary>
    private int Build(PatternNode node, int from)
    {
        if (from < 0 || _states.Count > MaxStates)
        {
            return -1;
        }

        switch (node)
        {
            case SetNode set:
                int next = Add();
                _states[from].Moves.Add((set.Set, next));
                return next;
            case AnchorNode anchor:
                int behind = Add();
                (anchor.IsStart ? _states[from].AtStart : _states[from].AtEnd).Add(behind);
                return behind;
            case SequenceNode sequence:
                foreach (PatternNode part in sequence.Parts)
                {
                    from = Build(part, from);
                }

                return from;
            case ChoiceNode choice:
                return BuildChoice(choice, from);
            case RepeatNode repeat:
                return BuildRepeat(repeat, from);
            default:
                return from;
        }
    }

    private int BuildChoice(ChoiceNode choice, int from)
    {
        int end = Add();
        foreach (PatternNode branch in choice.Branches)
        {
            int start = Add();
            _states[from].Free.Add(start);
            int last = Build(branch, start);
            if (last < 0)
            {
                return -1;
            }

            _states[last].Free.Add(end);
        }

        return end;
    }

    private int BuildRepeat(RepeatNode repeat, int from)
    {
        for (int i = 0; i < repeat.Least; i++)
        {
            from = Build(repeat.Body, from);
        }

        if (from < 0)
        {
            return -1;
        }

        int end = Add();
        _states[from].Free.Add(end);
        if (repeat.Most is null)
        {
            int start = Add();
            _states[from].Free.Add(start);
            int last = Build(repeat.Body, start);
            if (last < 0)
            {
                return -1;
            }

            _states[last].Free.Add(start);
            _states[last].Free.Add(end);
            return end;
        }

        for (int i = repeat.Least; i < repeat.Most; i++)
        {
            from = Build(repeat.Body, from);
            if (from < 0)
            {
                return -1;
            }

            _states[from].Free.Add(end);
        }

        return end;
    }

    private int Add()
    {
        _states.Add(new State());
        return _states.Count - 1;
    }

    /// <summary>Where one can go: over a character, for free, and for free at the start or the end of the text.</summary>
    internal sealed class State
    {
        public List<(CharSet Set, int To)> Moves { get; } = [];

        public List<int> Free { get; } = [];

        public List<int> AtStart { get; } = [];

        public List<int> AtEnd { get; } = [];
    }
}
