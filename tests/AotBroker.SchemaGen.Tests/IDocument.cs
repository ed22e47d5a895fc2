namespace AotBroker.SchemaGen.Tests;

/// <summary>One kind of document, as the emitted code reads and writes it. The code that is compiled in memory implements it.</summary>
public interface IDocument
{
    Reading Read(byte[] utf8);

    IReadOnlyList<Problem> Validate(object value);

    string Write(object value, bool indented);
}

/// <param name="Value">Null when the document was refused.</param>
public sealed record Reading(object? Value, IReadOnlyList<Problem> Problems);

/// <summary>A problem that the emitted code reported.</summary>
public sealed record Problem(
    string Kind, bool IsError, int Line, int Column, string JsonPointer, string Expected, string? Found, string? Suggestion, string Text);
