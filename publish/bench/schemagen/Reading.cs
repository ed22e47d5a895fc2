namespace AotBroker.Bench;

/// <summary>Reads a document, in one way or in both.</summary>
internal static class Reading
{
    public static int Repeat(string way, Document document, byte[] utf8, int count)
    {
        Func<byte[], object?> read = way switch
        {
            "generated" => document.Generated,
            "serializer" => document.Serializer,
            _ => utf8 => utf8,
        };
        object? value = utf8;
        for (int i = 0; i < count; i++)
        {
            value = read(utf8);
        }

        return value is null ? 1 : 0;
    }

    public static int Compare(Document document, byte[] utf8)
    {
        if (!document.IsReadAlike(utf8))
        {
            Console.Error.WriteLine($"schemagen: {document.Name}: the two ways to read it differ");
            return 1;
        }

        Console.WriteLine($"{Allocated(document.Generated, utf8)} {Allocated(document.Serializer, utf8)}");
        return 0;
    }

    /// <summary>Of a read that is not the first, which sets up what all share.</summary>
    private static long Allocated(Func<byte[], object?> read, byte[] utf8)
    {
        _ = read(utf8);
        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = read(utf8);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
