namespace AotBroker.EndToEnd.Tests;

/// <summary>A test with a real client; skipped where the machine has none that is new enough, and none was fetched.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClientFactAttribute : FactAttribute
{
    public ClientFactAttribute(string name, string version) => Skip = ClientProgram.Find(name, version).Why;
}
