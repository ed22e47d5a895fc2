namespace AotBroker.EndToEnd.Tests;

/// <summary>As <see cref="ClientFactAttribute"/>, for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ClientTheoryAttribute : TheoryAttribute
{
    public ClientTheoryAttribute(string name, string version) => Skip = ClientProgram.Find(name, version).Why;
}
