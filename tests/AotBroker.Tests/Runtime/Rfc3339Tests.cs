using System.Globalization;
using AotBroker.Runtime;

namespace AotBroker.Tests;

/// <summary>Instants as services write them.</summary>
public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData("2026-01-01T00:00:00Z")]
    [InlineData("2026-02-28T23:59:59.999999999Z")]
    [InlineData("2026-07-15T12:30:00+02:00")]
    [InlineData("2026-07-15T12:30:00.5-05:30")]
    public void An_instant_is_read(string text) =>
        Assert.Equal(DateTimeOffset.Parse(text[..19] + Zone(text), CultureInfo.InvariantCulture).ToUnixTimeSeconds(), Rfc3339.Read(text));

    private static string Zone(string text) => text.EndsWith('Z') ? "Z" : text[^6..];

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026-01-01")]
    [InlineData("2026-01-01T00:00:00")]
    [InlineData("2026-01-01 00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-02-30T00:00:00Z")]
    [InlineData("2026-01-01T00:00:00.Z")]
    [InlineData("2026-01-01T00:00:00z")]
    [InlineData("2026-01-01T00:00:00+2:00")]
    [InlineData("2026-01-01T00:00:00Z ")]
    [InlineData("1767225600")]
    public void What_is_no_instant_is_none(string? text) => Assert.Null(Rfc3339.Read(text));
}
