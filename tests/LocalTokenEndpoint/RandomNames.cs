using System.Buffers.Text;
using System.Security.Cryptography;

namespace LocalTokenEndpoint;

/// <summary>Identifiers and tokens that look the part. All are made at run time: none is ever stored in a source file.</summary>
internal static class RandomNames
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>A tagged identifier such as <c>fdrl_01…</c>.</summary>
    public static string Tagged(string prefix) => $"{prefix}_01{RandomNumberGenerator.GetString(Alphabet, 22)}";

    public static string RequestId() => $"req_011{RandomNumberGenerator.GetString(Alphabet, 21)}";

    public static string AccessToken() => $"sk-ant-oat01-{Opaque(80)}";

    public static string RefreshToken() => $"sk-ant-ort01-{Opaque(80)}";

    public static string Opaque(int bytes) => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(bytes));
}
