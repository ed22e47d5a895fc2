using AotBroker.Clients.Aws;
using AotBroker.Clients.Plain;
using AotBroker.Errors;
using AotBroker.Exchange;

namespace AotBroker.Clients;

/// <summary>The formats of all clients, by name.</summary>
internal static class CredentialFormats
{
    /// <summary>The names that help and completion offer.</summary>
    public static List<string> Offered(CredentialKind? kind = null)
    {
        List<string> names = [];
        foreach (Client client in ClientList.All)
        {
            foreach (CredentialFormat format in client.Formats)
            {
                if (format.IsOffered && (kind is not { } one || format.Carries(one)))
                {
                    names.Add(format.Name);
                }
            }
        }
        return names;
    }

    /// <summary>The format of this name, offered or not; null if there is none.</summary>
    public static CredentialFormat? Find(string name)
    {
        foreach (Client client in ClientList.All)
        {
            foreach (CredentialFormat format in client.Formats)
            {
                if (format.Name == name)
                {
                    return format;
                }
            }
        }
        return null;
    }

    /// <summary>What a kind of credential is written as if the caller does not say.</summary>
    public static CredentialFormat DefaultFor(CredentialKind kind) => kind switch
    {
        CredentialKind.AwsKeys => new AwsFormat(),
        CredentialKind.Fields => new JsonFormat(),
        CredentialKind.Token => new TokenFormat(),
        _ => throw new InvalidOperationException($"no format for {kind}"),
    };

    /// <summary>The format that was asked for, or the usual one; checked before anything is exchanged.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.Usage"/>: it cannot carry the credential.</exception>
    public static CredentialFormat Choose(CredentialFormat? asked, CredentialKind kind, string profile)
    {
        CredentialFormat format = asked ?? DefaultFor(kind);
        format.RequireCarries(kind, profile);
        return format;
    }
}
