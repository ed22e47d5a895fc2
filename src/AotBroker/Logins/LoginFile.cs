using System.Globalization;
using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Interop;
using AotBroker.Runtime;
using AotBroker.Schemas;

namespace AotBroker.Logins;

/// <summary>
/// The credentials file of a person's login. SDKs and command-line tools read and replace the same file, without a lock of
/// ours: it is read again whenever it matters, and replaced as a whole.
/// </summary>
internal sealed class LoginFile(string path, ProcessEnvironment environment)
{
    private const int LargestFile = 128 * 1024;
    private const string TemporaryEnding = ".aotbroker";

    /// <summary>How far in the future the file may have been written by a clock that was set back a little, in seconds.</summary>
    private const long Tolerance = 60;

    /// <summary>Without links and dots in it, so that a file has one.</summary>
    public string RealPath => Libc.RealPath(path);

    /// <exception cref="BrokerException"><see cref="ErrorCode.LoginUnusable"/>.</exception>
    public StoredLogin Read() => TryRead(out BrokerException? problem) ?? throw problem!;

    /// <summary>Whether the file is gone: the person has logged out.</summary>
    public bool IsGone => PrivateFile.Read(path, LargestFile).Status == ReadStatus.Missing;

    /// <summary>The login; null, with the reason, where there is none that may be used.</summary>
    public StoredLogin? TryRead(out BrokerException? problem)
    {
        FileContent file = PrivateFile.Read(path, LargestFile);
        if (file.Status != ReadStatus.Read)
        {
            problem = file.Status == ReadStatus.Missing
                ? new BrokerException(ErrorCode.LoginUnusable, $"there is no login in {path}", "log in with one of Anthropic's tools, such as `ant auth login`, or name another profile")
                : Unusable(file.Reason!, $"every client requires a regular file of your own that no other user can read: chmod 600 {path}");
            return null;
        }
        if (!AnthropicCredentials.TryRead(file.Content, out AnthropicCredentials? model, out SchemaProblems problems))
        {
            problem = Unusable(FirstOf(problems), "log in again with the tool that wrote it");
            return null;
        }
        if (model.AccessToken.Reveal().AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            problem = Unusable("its access_token could not be sent in a header", "log in again with the tool that wrote it");
            return null;
        }
        problem = null;
        return new StoredLogin(model, file.ModifiedAt > environment.Now + Tolerance ? 0 : file.ModifiedAt);
    }

    private BrokerException Unusable(string reason, string hint) =>
        new(ErrorCode.LoginUnusable, $"the login in {path} cannot be used: {reason}", hint);

    private static string FirstOf(SchemaProblems problems)
    {
        foreach (SchemaProblem problem in problems)
        {
            if (problem.IsError)
            {
                return problem.ToString();
            }
        }
        return "it is damaged";
    }

    /// <summary>Replaces the file's content.</summary>
    /// <returns>Why it could not be done; null where it was.</returns>
    public string? TryWrite(AnthropicCredentials model)
    {
        try
        {
            // A name of this process's own: others may write the same file at the same time, under another lock or none.
            PrivateFile.Replace(path, model.ToUtf8Json(indented: true), Temporary(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            PrivateFile.SyncDirectory(Path.GetDirectoryName(path)!);
            Sweep();
            return null;
        }
        catch (Exception error) when (FlightCache.IsFileSystem(error))
        {
            return FileSystemReason.Of(error);
        }
    }

    private string Temporary(string process) => $"{path}.{process}{TemporaryEnding}";

    /// <summary>Removes what processes left here that were killed while they wrote.</summary>
    private void Sweep()
    {
        foreach (string left in Directory.GetFiles(Path.GetDirectoryName(path)!, Path.GetFileName(Temporary("*"))))
        {
            if (int.TryParse(left.AsSpan(path.Length + 1, left.Length - path.Length - 1 - TemporaryEnding.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                && Libc.HasEnded(process))
            {
                _ = Libc.Unlink(left);
            }
        }
    }
}
