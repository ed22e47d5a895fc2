using AotBroker.Reporting;

namespace AotBroker.Clients.Terraform;

/// <summary>The answer of a Terraform credentials helper's `get`.</summary>
internal static class TerraformFormat
{
    public const string Name = "terraform";

    public static byte[] Write(in OutputCredential presented) => new JsonLine().BeginObject().String("token", presented.RevealToken()).EndObject().ToUtf8();
}
