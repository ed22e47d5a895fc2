using AotBroker.Clients;
using AotBroker.Commands;
using AotBroker.Exchange;

namespace AotBroker.Tests;

/// <summary>Formats by name, as a command line has them.</summary>
internal static class Formats
{
    /// <summary>What `get` prints.</summary>
    public static byte[] Write(string format, in OutputCredential output) => CredentialFormats.Choose(Choices.Format(format), output.Credential.Kind, output.Profile).Write(output);

    /// <summary>What `get` does after printing.</summary>
    public static void Finish(string format, in OutputCredential output) => CredentialFormats.Find(format)!.Finish(output, []);

    /// <summary>All of them, offered or not.</summary>
    public static IEnumerable<CredentialFormat> All => ClientList.All.SelectMany(static client => client.Formats);
}
