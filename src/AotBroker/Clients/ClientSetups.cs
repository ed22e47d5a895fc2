namespace AotBroker.Clients;

/// <summary>The setups of all clients, by name.</summary>
internal static class ClientSetups
{
    public static List<ClientSetup> All
    {
        get
        {
            List<ClientSetup> all = [];
            foreach (Client client in ClientList.All)
            {
                if (client.Setup is { } setup)
                {
                    all.Add(setup);
                }
            }
            return all;
        }
    }

    /// <summary>For help and completion.</summary>
    public static string[] Names => [.. All.ConvertAll(static setup => setup.Name)];

    /// <summary>The setup of this name; null if there is none.</summary>
    public static ClientSetup? Find(string name) => All.Find(setup => setup.Name == name);
}
