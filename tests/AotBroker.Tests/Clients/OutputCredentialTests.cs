using System.Text;
using AotBroker.Clients;
using AotBroker.Clients.Keyring;
using AotBroker.Exchange;

namespace AotBroker.Tests;

/// <summary>What formats take out of a credential.</summary>
public sealed class OutputCredentialTests : FormatTest
{
    [Theory]
    [InlineData(600, 540)]
    [InlineData(60, 30)]
    [InlineData(1, 1)]
    [InlineData(CredentialFacts.Never, null)]
    public void A_client_without_a_margin_gets_an_earlier_end_that_is_not_past(long life, int? told) =>
        Assert.Equal(told is { } seconds ? Now + seconds : null, Token(life).EarlyExpiry);

    [Fact]
    public void A_secret_with_a_user_name_and_a_password_is_what_basic_authentication_needs()
    {
        OutputCredential secret = Fields(("password", SecretKey), ("username", "app"), ("other", "x"));

        Assert.Equal($"username=app\npassword={SecretKey}\npassword_expiry_utc={Now + 3540}\n", Written("git", secret));
        Assert.Equal(SecretKey + "\n", Written("keyring", secret));
        Assert.Equal($"app\n{SecretKey}\n", Encoding.UTF8.GetString(KeyringFormat.WriteWithUser(secret)));
        Assert.Contains($"\"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes("app:" + SecretKey))}\"", Written("bazel", secret), StringComparison.Ordinal);
        Assert.Contains("has no field \"username\"", Expect.Error("AB0201", () => Written("docker", Fields(("password", "x")))).Message, StringComparison.Ordinal);
    }
}
