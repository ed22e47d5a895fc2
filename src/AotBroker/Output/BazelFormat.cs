namespace AotBroker.Output;

/// <summary>The answer of a Bazel credential helper's `get`. Without `expires`, which a release of Bazel reads the wrong way round.</summary>
internal static class BazelFormat
{
    public const string Name = "bazel";

    /// <summary>Bazel keeps an answer for 30 minutes (--credential_helper_cache_duration); a minute more, for the way there.</summary>
    public const long ClientKeepsFor = 31 * 60;

    public static byte[] Write(in PresentedCredential presented) => new JsonLine().Open()
        .Open("headers")
        .Texts("Authorization", presented.RevealAuthorization())
        .Close().Close().ToUtf8();
}
