namespace AotBroker.Http;

/// <summary>
/// While it lives, HOME is set. .NET looks there for certificates of the user's own and, where neither HOME nor
/// /etc/passwd names a directory, as in an image that holds nothing but the binary, fails TLS instead of finding none.
/// </summary>
/// <remarks>It is unset again: it decides where the cache is. A program that this process becomes never sees it.</remarks>
internal readonly struct CertificateHome : IDisposable
{
    private const string Home = "HOME";

    private readonly bool _isOurs;

    private CertificateHome(bool isOurs) => _isOurs = isOurs;

    public static CertificateHome Provide()
    {
        if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Home)))
        {
            return default;
        }
        Environment.SetEnvironmentVariable(Home, "/nonexistent");
        return new CertificateHome(true);
    }

    public void Dispose()
    {
        if (_isOurs)
        {
            Environment.SetEnvironmentVariable(Home, null);
        }
    }
}
