namespace AotBroker.EndToEnd.Tests;

/// <summary>A theory that only root can run: it becomes another user.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute()
    {
        if (!Posix.IsRoot)
        {
            Skip = "needs root";
        }
    }
}
