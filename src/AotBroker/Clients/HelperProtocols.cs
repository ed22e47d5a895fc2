using AotBroker.Runtime;

namespace AotBroker.Clients;

/// <summary>The helper protocols of all clients, by name.</summary>
internal static class HelperProtocols
{
    public static List<HelperProtocol> All
    {
        get
        {
            List<HelperProtocol> all = [];
            foreach (Client client in ClientList.All)
            {
                if (client.Helper is { } protocol)
                {
                    all.Add(protocol);
                }
            }
            return all;
        }
    }

    /// <summary>The protocol of this name; null if there is none.</summary>
    public static HelperProtocol? Find(string name) => All.Find(protocol => protocol.Name == name);

    /// <summary>The protocol of the link by whose name the program was called, and the profile that the name ends in.</summary>
    /// <param name="program">The name or path that the program was called by.</param>
    /// <returns>Nulls if that is no link's name.</returns>
    public static (HelperProtocol? Protocol, string? Profile) OfLink(string program)
    {
        string name = program[(program.LastIndexOf('/') + 1)..];
        if (name.StartsWith(Product.Name, StringComparison.Ordinal))
        {
            return default;
        }
        foreach (HelperProtocol protocol in All)
        {
            if (protocol.Link is not { } link || !name.StartsWith(link.Name, StringComparison.Ordinal))
            {
                continue;
            }
            if (name.Length == link.Name.Length)
            {
                return (protocol, null);
            }
            if (link.TakesProfile && name[link.Name.Length] == '-')
            {
                return (protocol, name.Length > link.Name.Length + 1 ? name[(link.Name.Length + 1)..] : null);
            }
        }
        return default;
    }
}
