namespace AotBroker.EndToEnd.Tests;

/// <summary>A theory that needs a program that is not everywhere.</summary>
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    /// <param name="program">Its name.</param>
    public ToolTheoryAttribute(string program)
    {
        if (!ToolFactAttribute.IsThere(program))
        {
            Skip = $"there is no {program}";
        }
    }
}
