namespace AotBroker.Http;

/// <summary>
/// Sets HOME while it lives. .NET looks there for the user's own certificates and, if neither HOME nor
/// /etc/passwd names a directory, as in an image that holds only the binary, TLS fails instead of finding none.
/// </summary>
/// <remarks>It is unset again, because it decides where the cache is. A program that this process becomes never sees it.</remarks>
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
