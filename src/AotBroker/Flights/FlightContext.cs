using AotBroker.Files;
using AotBroker.Http;
using AotBroker.Reporting;
using AotBroker.Runtime;
using Microsoft.Extensions.Logging;

namespace AotBroker.Flights;

/// <summary>What a flight works with, whatever it obtains.</summary>
internal sealed record FlightContext(CacheDirectory Directory, PinnedHttp Http, ProcessEnvironment Environment, Reporter Reporter, ILogger Log);
