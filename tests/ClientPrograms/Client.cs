namespace ClientPrograms;

/// <summary>What the programs have in common: the answer goes to standard output, a failure and what caused it to standard error.</summary>
internal static class Client
{
    public static async Task<int> RunAsync(Func<Task<string>> ask)
    {
        try
        {
            Console.WriteLine(await ask().ConfigureAwait(false));
            return 0;
        }
#pragma warning disable CA1031 // Whatever an SDK throws is what its user sees.
        catch (Exception error)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync(error.ToString()).ConfigureAwait(false);
            return 1;
        }
    }

    public static int Usage()
    {
        Console.Error.WriteLine("usage: ClientPrograms anthropic [FILE] | aws | google-file URL | google-program URL | google-token URL");
        return 2;
    }
}
