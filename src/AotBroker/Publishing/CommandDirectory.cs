using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Interop;
using AotBroker.Runtime;

namespace AotBroker.Publishing;

/// <summary>The directory of a command that `exec` becomes: it holds the files that the command is given, and is removed with it.</summary>
internal sealed class CommandDirectory
{
    private CommandDirectory(string path) => Path = path;

    public string Path { get; }

    /// <summary>Creates a new one below the cache or, if that cannot be written, in the temporary directory.</summary>
    /// <param name="environment">Where the cache is.</param>
    /// <param name="fill">Writes its content; called once more if that failed below the cache.</param>
    /// <exception cref="BrokerException"><see cref="ErrorCode.PublishFailed"/>; or what <paramref name="fill"/> says is wrong.</exception>
    public static CommandDirectory Create(ProcessEnvironment environment, Action<string> fill)
    {
        Libc.HoldStandardStreams();
        CacheDirectory cache = CacheDirectory.Of(environment);
        try
        {
            CommandDirectory made = Filled(CommandDirectories.Make(cache), fill);
            CommandDirectories.Sweep(cache, environment.Now);
            return made;
        }
        catch (Exception error) when (error is BrokerException { Code: not ErrorCode.Usage and not ErrorCode.SetUpFailed } || PrivateDirectory.IsFileSystem(error))
        {
            // The credential can be obtained without the cache, so it can be published without it too.
        }
        try
        {
            CommandDirectory made = Filled(CommandDirectories.MakeTemporary(), fill);
            CommandDirectories.Sweep(cache, environment.Now);
            return made;
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            throw PrivateDirectory.Failed(error);
        }
    }

    /// <summary>What <see cref="Create"/> made in another process.</summary>
    public static CommandDirectory Of(string path) => new(path);

    private static CommandDirectory Filled(string path, Action<string> fill)
    {
        CommandDirectory made = new(path);
        try
        {
            fill(path);
            return made;
        }
        catch
        {
            made.Remove(); // Nothing looks for a half-written directory.
            throw;
        }
    }

    /// <summary>Removes it, as far as that is possible.</summary>
    public void Remove()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception error) when (PrivateDirectory.IsFileSystem(error))
        {
            // The next command's sweep removes it once the credential has expired.
        }
    }
}
