using System.Runtime.InteropServices;
using LocalTokenEndpoint;

CommandOptions options;
try
{
    options = CommandOptions.Parse(args);
}
catch (UsageException wrong)
{
    await Console.Error.WriteLineAsync($"LocalTokenEndpoint: {wrong.Message}\n{CommandOptions.Usage}");
    return 2;
}

if (options.Help)
{
    Console.WriteLine(CommandOptions.Usage);
    return 0;
}

// Before anything listens: a signal that comes early must stop the server and not kill it.
using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

try
{
    var files = new WrittenFiles(options.WriteDirectory);
    files.Prepare();
    await WarmUp.RunAsync(stop.Token);
    await using var dns = options.DnsAddress is { } address ? DnsResponder.Start(address, options.Names) : null;
    await using var endpoint = await LocalEndpoint.StartAsync(options.ToEndpointOptions(), stop.Token);
    var identityToken = endpoint.Issuer.Mint(new TokenRequest { Lifetime = TimeSpan.FromSeconds(options.JwtLifetimeSeconds) });
    files.Write(endpoint, identityToken, dns);
    var urls = string.Join(" and ", Urls(endpoint));
    Console.WriteLine($"local token endpoint: listening on {urls}, files in {options.WriteDirectory}");
    await StopRequestedAsync();
    files.RemoveReady();
    return 0;
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return 0;
}
catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
{
    await Console.Error.WriteLineAsync($"LocalTokenEndpoint: {failed.Message}");
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

async Task StopRequestedAsync()
{
    var signalled = Task.Delay(Timeout.Infinite, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
    await Task.WhenAny(signalled, options.UntilStdinCloses ? Task.Run(StdinClosedAsync) : signalled);
}

static async Task StdinClosedAsync()
{
    await using var input = Console.OpenStandardInput();
    await input.CopyToAsync(Stream.Null);
}

static IEnumerable<string> Urls(LocalEndpoint endpoint) =>
[
    .. endpoint.ServesHttp ? [endpoint.HttpUrl] : Array.Empty<string>(),
    .. endpoint.ServesHttps ? [endpoint.HttpsUrl] : Array.Empty<string>(),
];
