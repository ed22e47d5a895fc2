using System.Text;

namespace AotBroker.Http;

/// <summary>A body of the type <c>application/x-www-form-urlencoded</c>. Every byte with a special meaning is escaped.</summary>
internal static class FormBody
{
    public const string ContentType = "application/x-www-form-urlencoded";

    /// <param name="fields">In the order in which they are sent; those without a value are left out.</param>
    public static byte[] Of(params ReadOnlySpan<(string Name, string? Value)> fields)
    {
        StringBuilder text = new();
        foreach ((string name, string? value) in fields)
        {
            if (value is not null)
            {
                text.Append(text.Length == 0 ? "" : "&").Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
