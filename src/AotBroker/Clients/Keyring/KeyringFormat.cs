using System.Text;

namespace AotBroker.Clients.Keyring;

/// <summary>What a program named `keyring` prints: the password, or the user name and the password, a line each.</summary>
internal static class KeyringFormat
{
    public const string Name = "keyring";

    public static byte[] Write(in OutputCredential presented) => Encoding.UTF8.GetBytes(presented.RevealPassword() + "\n");

    public static byte[] WriteWithUser(in OutputCredential presented) => Encoding.UTF8.GetBytes($"{presented.BasicUser()}\n{presented.RevealPassword()}\n");
}
