namespace AotBroker.EndToEnd.Tests;

/// <summary>Tests that start dozens of processes at once: one after the other, and after all others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Bursts
{
    public const string Name = "bursts";
}
