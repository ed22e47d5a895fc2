namespace LocalTokenEndpoint.Tests;

/// <summary>A clock that stands still, at a whole second, so that edges are exact.</summary>
internal sealed class FixedTime : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => Start;
}
