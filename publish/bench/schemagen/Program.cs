using System.Globalization;
using AotBroker.Bench;

// Reads the documents in DIRECTORY, by the reader that SchemaGen emits and by System.Text.Json's serializer:
//   schemagen repeat generated|serializer|file DIRECTORY NAME COUNT    `file` reads the file and no more
//   schemagen compare DIRECTORY NAME      makes sure that both read the same, and prints the bytes that each allocates
switch (args)
{
    case ["repeat", string way, string directory, string name, string count]:
        return Reading.Repeat(way, Document.Of(name), Read(directory, name), int.Parse(count, CultureInfo.InvariantCulture));
    case ["compare", string directory, string name]:
        return Reading.Compare(Document.Of(name), Read(directory, name));
    default:
        Console.Error.WriteLine("schemagen: see Program.cs for the arguments");
        return 2;
}

static byte[] Read(string directory, string name) => File.ReadAllBytes(Path.Combine(directory, name + ".json"));
