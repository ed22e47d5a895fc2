using AotBroker.Errors;

namespace AotBroker.Tests;

/// <summary>What every error has to be, besides its code.</summary>
internal static class Expect
{
    /// <summary>
    /// The action fails with the code; its exit code is the code's first digits, its message is one line, and it says what
    /// to do (invariant 10).
    /// </summary>
    public static BrokerException Error(string code, Action action) => Error(code, Assert.Throws<BrokerException>(action));

    public static BrokerException Error(string code, Func<object?> action) => Error(code, () => { _ = action(); });

    public static BrokerException Error(string code, BrokerException? error)
    {
        Assert.NotNull(error);
        Assert.True(code == ErrorCodes.NameOf(error.Code), $"expected {code}, found {ErrorCodes.NameOf(error.Code)}: {error.Message}");
        Assert.Equal(code[3] - '0', error.ExitCode);
        Assert.False(string.IsNullOrWhiteSpace(error.Message));
        Assert.DoesNotContain('\n', error.Message);
        Assert.NotEmpty(error.Hints);
        Assert.All(error.Hints, hint => Assert.False(string.IsNullOrWhiteSpace(hint)));
        return error;
    }

    /// <summary>Message and hints, as a person sees them.</summary>
    public static string All(this BrokerException error) => string.Join('\n', [error.Message, .. error.Hints]);
}
