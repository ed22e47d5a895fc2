using System.Collections.Generic;

namespace AotBroker.SchemaGen.Patterns;

/// <summary>A part of a regular expression (ECMA-262, with the <c>u</c> flag). Lives only while a pattern is compiled.</summary>
internal abstract class PatternNode;

/// <summary>One code point out of a set.</summary>
internal sealed class SetNode(CharSet set) : PatternNode
{
    public CharSet Set { get; } = set;
}

internal sealed class SequenceNode(IReadOnlyList<PatternNode> parts) : PatternNode
{
    public IReadOnlyList<PatternNode> Parts { get; } = parts;
}

internal sealed class ChoiceNode(IReadOnlyList<PatternNode> branches) : PatternNode
{
    public IReadOnlyList<PatternNode> Branches { get; } = branches;
}

/// <param name="most">Null where there is no upper bound.</param>
internal sealed class RepeatNode(PatternNode body, int least, int? most) : PatternNode
{
    public PatternNode Body { get; } = body;

    public int Least { get; } = least;

    public int? Most { get; } = most;
}

/// <summary>The start or the end of the text.</summary>
internal sealed class AnchorNode(bool isStart) : PatternNode
{
    public bool IsStart { get; } = isStart;
}
