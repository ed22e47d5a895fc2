using AotBroker.Clients;

namespace AotBroker.Tests;

/// <summary>The broker's call in a client's configuration.</summary>
public sealed class BrokerInvocationTests
{
    [Theory]
    [InlineData("/usr/local/bin/aotbroker", "/usr/local/bin/aotbroker get --profile p --format aws", true)]
    [InlineData("/opt/my tools/aotbroker", "'/opt/my tools/aotbroker' get --profile p --format aws", false)]
    [InlineData("/opt/$HOME;x/aotbroker", "'/opt/$HOME;x/aotbroker' get --profile p --format aws", false)]
    [InlineData("/opt/größe/aotbroker", "'/opt/größe/aotbroker' get --profile p --format aws", false)]
    [InlineData("/opt/it's/aotbroker", null, false)]
    [InlineData("/opt/a\nb = c/aotbroker", null, false)]
    public void A_path_is_quoted_where_the_client_can_read_quotes_and_else_refused(string program, string? inShell, bool inWords)
    {
        BrokerInvocation command = new(program, "p", "aws");

        if (inShell is null)
        {
            Expect.Error("AB0714", () => command.InShell());
        }
        else
        {
            Assert.Equal(inShell, command.InShell());
        }
        if (inWords)
        {
            Assert.Equal(inShell, command.InWords());
        }
        else
        {
            Expect.Error("AB0714", () => command.InWords());
        }
    }
}
