using AotBroker.Reporting;

namespace AotBroker.Clients;

/// <summary>The answer of a Terraform credentials helper's `get`.</summary>
internal static class TerraformFormat
{
    public const string Name = "terraform";

    public static byte[] Write(in PresentedCredential presented) => new JsonLine().Open().Text("token", presented.RevealToken()).Close().ToUtf8();
}
