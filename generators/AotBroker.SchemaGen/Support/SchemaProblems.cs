using System;
using System.Collections;
using System.Collections.Generic;

namespace SchemaGenNamespace;

/// <summary>Everything that is wrong with a document, in the order of its text. Costs nothing when there is nothing.</summary>
public readonly struct SchemaProblems : IReadOnlyList<SchemaProblem>
{
    private readonly SchemaProblem[]? _problems;

    internal SchemaProblems(SchemaProblem[]? problems) => _problems = problems;

    public int Count => _problems is null ? 0 : _problems.Length;

    /// <summary>At least one of the problems is an error; the others are warnings.</summary>
    public bool HasErrors
    {
        get
        {
            for (int i = 0; i < Count; i++)
            {
                if (_problems![i].IsError)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public SchemaProblem this[int index] => _problems is null ? throw new ArgumentOutOfRangeException(nameof(index)) : _problems[index];

    public Enumerator GetEnumerator() => new(_problems);

    /// <summary>One line for each problem.</summary>
    public override string ToString() => _problems is null ? "" : string.Join<SchemaProblem>('\n', _problems);

    IEnumerator<SchemaProblem> IEnumerable<SchemaProblem>.GetEnumerator() => ((IEnumerable<SchemaProblem>)(_problems ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => (_problems ?? []).GetEnumerator();

    /// <summary>Goes over the problems without allocating.</summary>
    public struct Enumerator
    {
        private readonly SchemaProblem[]? _problems;
        private int _at;

        internal Enumerator(SchemaProblem[]? problems)
        {
            _problems = problems;
            _at = -1;
        }

        public readonly SchemaProblem Current => _problems![_at];

        public bool MoveNext() => _problems is not null && ++_at < _problems.Length;
    }
}
