using System.Reflection;

namespace AotBroker.Runtime;

/// <summary>What this program is called.</summary>
internal static class Product
{
    public const string Name = "aotbroker";

    public static string Version { get; } =
        typeof(Product).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    public static string UserAgent => $"{Name}/{Version}";
}
