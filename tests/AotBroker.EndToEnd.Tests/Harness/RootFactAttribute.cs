namespace AotBroker.EndToEnd.Tests;

/// <summary>A test that only root can run: it makes namespaces, or files of other users.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Posix.IsRoot)
        {
            Skip = "needs root";
        }
    }
}
