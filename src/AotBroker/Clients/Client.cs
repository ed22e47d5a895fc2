namespace AotBroker.Clients;

/// <summary>
/// A client, and every way in which it gets a credential. One folder each, with one entry, which is a line of
/// <see cref="ClientList"/>. What a client does not have is null or empty, and written down.
/// </summary>
internal abstract class Client
{
    /// <summary>What `get --format` can print for it.</summary>
    public abstract CredentialFormat[] Formats { get; }

    /// <summary>How it calls a program as its credential helper.</summary>
    public abstract HelperProtocol? Helper { get; }

    /// <summary>How `setup` configures it.</summary>
    public abstract ClientSetup? Setup { get; }

    /// <summary>How `exec --with` passes credentials to it.</summary>
    public abstract Delivery[] Deliveries { get; }
}
