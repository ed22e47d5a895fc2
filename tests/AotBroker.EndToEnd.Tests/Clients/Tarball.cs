using System.Formats.Tar;
using System.IO.Compression;
using System.Text;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A .tar.gz, as registries serve packages.</summary>
internal static class Tarball
{
    public static byte[] Of(params (string Name, string Content)[] files)
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest))
        using (TarWriter tar = new(zip, TarEntryFormat.Ustar))
        {
            foreach (var (name, content) in files)
            {
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });
            }
        }

        return packed.ToArray();
    }
}
