namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// Texts for people, as they were last reviewed, in <c>golden/</c>. AOTBROKER_UPDATE_GOLDEN=1 writes them anew; the
/// difference is then reviewed like code.
/// </summary>
internal static class Golden
{
    public static void Check(string name, string actual)
    {
        var path = Path.Combine(PublishedBinary.RepositoryRoot, "tests/AotBroker.EndToEnd.Tests/golden", name + ".txt");
        if (Environment.GetEnvironmentVariable("AOTBROKER_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
