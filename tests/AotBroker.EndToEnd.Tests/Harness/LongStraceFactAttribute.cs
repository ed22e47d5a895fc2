namespace AotBroker.EndToEnd.Tests;

/// <summary>The same, of the longer run alone: AOTBROKER_FAULTS=all.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LongStraceFactAttribute : StraceFactAttribute
{
    public LongStraceFactAttribute()
    {
        if (!Faults.All)
        {
            Skip = "of the longer run: AOTBROKER_FAULTS=all";
        }
    }
}
