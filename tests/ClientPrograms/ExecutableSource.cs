using System.Diagnostics;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;

namespace ClientPrograms;

/// <summary>
/// The program that a credentials file names, which the library for .NET does not run by itself as those for other
/// languages do.
/// </summary>
/// <param name="command">The program and its arguments.</param>
internal sealed class ExecutableSource(string[] command) : ProgrammaticExternalAccountCredential.ISubjectTokenProvider
{
    public static GoogleCredential Read(string path)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        var account = file.RootElement;
        var command = account.GetProperty("credential_source").GetProperty("executable").GetProperty("command").GetString()!;
        ProgrammaticExternalAccountCredential credential = new(new(
            account.GetProperty("token_url").GetString(),
            account.GetProperty("audience").GetString(),
            account.GetProperty("subject_token_type").GetString(),
            new ExecutableSource(command.Split(' '))));
        return credential.ToGoogleCredential();
    }

    public async Task<string> GetSubjectTokenAsync(ProgrammaticExternalAccountCredential caller, CancellationToken taskCancellationToken)
    {
        using var program = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true })!;
        var output = await program.StandardOutput.ReadToEndAsync(taskCancellationToken).ConfigureAwait(false);
        await program.WaitForExitAsync(taskCancellationToken).ConfigureAwait(false);
        using var answer = JsonDocument.Parse(output);
        return answer.RootElement.GetProperty("success").GetBoolean()
            ? answer.RootElement.GetProperty("id_token").GetString()!
            : throw new InvalidOperationException($"{answer.RootElement.GetProperty("code").GetString()}: {answer.RootElement.GetProperty("message").GetString()}");
    }
}
