using System.Net.Sockets;
using System.Text;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Settings;

namespace AotBroker.Publishing;

/// <summary>Reports this process's state to its supervisor: to systemd by its socket, to s6 and others by a descriptor.</summary>
/// <param name="environment">Where NOTIFY_SOCKET is.</param>
/// <param name="readyDescriptor">Gets a line, and is closed, when everything is ready; null for none.</param>
internal sealed class Supervisor(ProcessEnvironment environment, int? readyDescriptor)
{
    /// <param name="status">In words, for systemd's status.</param>
    public void Ready(string status)
    {
        Notify($"READY=1\nSTATUS={status}\n");
        if (readyDescriptor is { } descriptor)
        {
            _ = Libc.WriteAll(descriptor, "ready\n"u8);
            Libc.Close(descriptor);
        }
    }

    public void Stopping() => Notify("STOPPING=1\n");

    /// <summary>One datagram, as sd_notify(3) sends it. It is not an error if nothing listens.</summary>
    private void Notify(string message)
    {
        if (environment.Get(Variables.NotifySocket) is not { } address || address is not ['/' or '@', ..])
        {
            return;
        }
        try
        {
            // An address that starts with @ is in the abstract name space, which .NET writes with a zero.
            UnixDomainSocketEndPoint there = new(address[0] == '@' ? "\0" + address[1..] : address);
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.SendTo(Encoding.UTF8.GetBytes(message), there);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            // Missing, full, or longer than an address may be.
        }
    }
}
