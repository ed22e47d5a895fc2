using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Runtime;

namespace AotBroker.Publishing;

/// <summary>
/// The log of a process that outlives its caller. It is opened early, while an error still reaches the caller, and becomes
/// standard error when everything is ready.
/// </summary>
internal sealed class DetachedLog(FileStream? file) : IDisposable
{
    /// <param name="path">The file to append to; null to drop all messages.</param>
    /// <param name="environment">Where the path is relative to.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.OutputFailed"/>.</exception>
    public static DetachedLog Open(string? path, ProcessEnvironment environment)
    {
        if (path is null)
        {
            return new DetachedLog(null);
        }
        string absolute = environment.Absolute(path);
        try
        {
            Libc.HoldStandardStreams();
            return new DetachedLog(new FileStream(absolute, new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite | FileShare.Delete,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                BufferSize = 0,
            }));
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            throw new BrokerException(ErrorCode.OutputFailed, $"{absolute} could not be written: {FileSystemReason.Of(error)}", "name another file with --log");
        }
    }

    /// <summary>Closes the standard streams that the caller passed, so that its readers see their end.</summary>
    public void Take()
    {
        if (file is null)
        {
            Libc.Discard(2);
        }
        else
        {
            Libc.MakeStandard((int)file.SafeFileHandle.DangerousGetHandle(), 2);
        }
        Libc.Discard(1);
        Libc.Discard(0);
    }

    public void Dispose() => file?.Dispose();
}
