using System.Text;

namespace SchemaGenNamespace;

/// <summary>What sort of problem it is.</summary>
public enum SchemaProblemKind
{
    /// <summary>The text is not JSON, or not UTF-8.</summary>
    Malformed,

    /// <summary>A value is of another type than the schema asks for.</summary>
    WrongType,

    /// <summary>A value is of the right type, and outside of what the schema allows.</summary>
    WrongValue,

    /// <summary>A required member is not there.</summary>
    MissingMember,

    /// <summary>The schema does not name the member.</summary>
    UnknownMember,

    /// <summary>A member is there twice.</summary>
    DuplicateMember,
}

/// <summary>One thing that is wrong with a document.</summary>
public sealed class SchemaProblem
{
    private const int MaxPointer = 200;

    internal SchemaProblem(SchemaProblemKind kind, bool isError, int offset, string expected, string? found, string? suggestion)
    {
        Kind = kind;
        IsError = isError;
        Offset = offset;
        Expected = expected;
        Found = found;
        Suggestion = suggestion;
    }

    public SchemaProblemKind Kind { get; }

    /// <summary>False for a warning: the document can be used.</summary>
    public bool IsError { get; }

    /// <summary>The line, counted from 1; 0 for a value that was built in code.</summary>
    public int Line { get; internal set; }

    /// <summary>The column in Unicode code points, counted from 1; 0 for a value that was built in code.</summary>
    public int Column { get; internal set; }

    /// <summary>Where in the document, as a JSON pointer (RFC 6901); empty for the document itself.</summary>
    public string Pointer { get; internal set; } = "";

    /// <summary>What the schema asks for, in words.</summary>
    public string Expected { get; }

    /// <summary>What was there, in words or as JSON, cut after 40 characters; never a secret.</summary>
    public string? Found { get; }

    /// <summary>For an unknown member or an unknown choice: the known one that was probably meant.</summary>
    public string? Suggestion { get; }

    internal int Offset { get; }

    /// <summary>The problem in one line, for people: what would end the line or steer a terminal is escaped, and a long pointer is cut.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        if (Line > 0)
        {
            text.Append("line ").Append(Line).Append(", column ").Append(Column);
        }

        if (Pointer.Length > 0)
        {
            text.Append(text.Length > 0 ? ", " : "").Append(SchemaText.Bounded(Pointer, MaxPointer));
        }

        text.Append(text.Length > 0 ? ": " : "");
        return SchemaText.OneLine(Describe(text).ToString());
    }

    private StringBuilder Describe(StringBuilder text)
    {
        switch (Kind)
        {
            case SchemaProblemKind.UnknownMember when Suggestion is not null:
                return text.Append("unknown member, did you mean \"").Append(Suggestion).Append("\"?");
            case SchemaProblemKind.UnknownMember:
                return text.Append("unknown member, expected ").Append(Expected);
            case SchemaProblemKind.DuplicateMember:
                return text.Append("the member is given twice");
            case SchemaProblemKind.MissingMember:
                return text.Append("expected ").Append(Expected).Append(", which is missing");
            default:
                text.Append("expected ").Append(Expected);
                text = Found is null ? text : text.Append(", found ").Append(Found);
                return Suggestion is null ? text : text.Append("; did you mean \"").Append(Suggestion).Append("\"?");
        }
    }
}
