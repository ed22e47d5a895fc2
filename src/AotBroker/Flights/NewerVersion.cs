using AotBroker.Schemas;

namespace AotBroker.Flights;

/// <summary>Tells a document that a newer version of the broker wrote from one that is damaged.</summary>
internal static class NewerVersion
{
    /// <summary>
    /// Whether what is wrong is that the document has another version, or a word that this version does not know. It is left
    /// where it is, and what it may mean is taken for the worst.
    /// </summary>
    public static bool Wrote(SchemaProblems problems)
    {
        bool isNewer = false;
        foreach (SchemaProblem problem in problems)
        {
            if (problem.Kind == SchemaProblemKind.Malformed)
            {
                return false;
            }
            isNewer |= problem is { Kind: SchemaProblemKind.WrongValue, Pointer: "/version" or "/outcome" };
        }
        return isNewer;
    }
}
