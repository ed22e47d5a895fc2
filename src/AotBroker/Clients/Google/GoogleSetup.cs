using System.Text.Json;
using AotBroker.Clients.Editing;
using AotBroker.Profiles;
using AotBroker.Runtime;

namespace AotBroker.Clients.Google;

/// <summary>Google's libraries: a file of their own for each profile, which a variable names.</summary>
internal sealed class GoogleSetup : ClientSetup
{
    public override string Name => "google";

    public override string FileFor(string profile, ProcessEnvironment environment) => environment.Get("CLOUDSDK_CONFIG") is { } directory
        ? $"{environment.Absolute(directory)}/{FileName(profile)}"
        : InHome($".config/gcloud/{FileName(profile)}", environment);

    private static string FileName(string profile) => $"{Product.Name}-{profile}.json";

    public override SetupPlan Plan(ResolvedProfile profile, string file, ProcessEnvironment environment)
    {
        byte[] content = GoogleCredentials.File(profile);
        return new SetupPlan
        {
            File = file,
            Lines = System.Text.Encoding.UTF8.GetString(content),
            Edit = text => Put(text, OctetText.Read(content)),
            Next = [$"set GOOGLE_APPLICATION_CREDENTIALS={file} and GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES=1"],
        };
    }

    private static FileEdit Put(string text, string content) => text == content || OctetText.Trim(text).Length == 0 || IsOurs(text)
        ? FileEdit.To(content)
        : FileEdit.Refused("it has other content; remove it, or name another file with --file");

    /// <summary>Whether the file is JSON that names this program as a command.</summary>
    private static bool IsOurs(string text)
    {
        try
        {
            Utf8JsonReader reader = new(OctetText.Write(text));
            bool isOurs = false;
            while (reader.Read())
            {
                bool isCommand = reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("command"u8) && reader.Read();
                isOurs |= isCommand && reader.TokenType == JsonTokenType.String && BrokerInvocation.IsCall(OctetText.Of(reader.GetString()!));
            }
            return isOurs;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
