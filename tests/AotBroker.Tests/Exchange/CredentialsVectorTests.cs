using System.Globalization;
using System.Text;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Each file of tests/vectors/credentials is read, and written again, as its headers say.</summary>
public sealed class CredentialsVectorTests
{
    private const string Folder = "credentials";

    /// <summary>
    /// expect: valid or invalid. problem: how each problem begins, in order. expires-at, scope: of the credential, or "none". writes:
    /// "same" where writing gives the document back to the octet. In the document, @TOKEN@ stands for an access token and
    /// @REFRESH@ for a refresh token.
    /// </summary>
    private static readonly string[] Known = ["about", "expect", "problem", "expires-at", "scope", "writes"];

    private readonly string _accessToken = Made.AccessToken();
    private readonly string _refreshToken = Made.AccessToken();

    public static TheoryData<string> All => VectorFile.Names(Folder);

    [Theory]
    [MemberData(nameof(All))]
    public void A_credentials_file_is_what_its_vector_says(string name)
    {
        VectorFile vector = VectorFile.Load(Folder, name, Known);
        string document = vector.Document
            .Replace("@TOKEN@", _accessToken, StringComparison.Ordinal)
            .Replace("@REFRESH@", _refreshToken, StringComparison.Ordinal);

        bool isValid = AnthropicCredentials.TryRead(Encoding.UTF8.GetBytes(document), out AnthropicCredentials? credentials, out SchemaProblems problems);

        Assert.Equal(vector["expect"], isValid ? "valid" : "invalid");
        string[] told = [.. problems.Select(static problem => problem.ToString())];
        string[] expected = [.. vector.All("problem")];
        Assert.True(expected.Length == told.Length, string.Join('\n', told));
        Assert.All(expected.Zip(told), static pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.All(told, problem => Assert.DoesNotContain(_accessToken[..20], problem, StringComparison.Ordinal));
        if (isValid)
        {
            Check(vector, document, credentials!);
        }
    }

    private void Check(VectorFile vector, string document, AnthropicCredentials credentials)
    {
        Assert.Equal(_accessToken, credentials.AccessToken!.Reveal());
        Assert.Equal(vector["expires-at"] ?? "none", credentials.ExpiresAt?.ToString(CultureInfo.InvariantCulture) ?? "none");
        Assert.Equal(vector["scope"] ?? "none", credentials.Scope ?? "none");
        Assert.DoesNotContain(_accessToken, credentials.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_refreshToken, credentials.ToString(), StringComparison.Ordinal);
        string written = Encoding.UTF8.GetString(credentials.ToUtf8Json(indented: true));
        if (vector["writes"] == "same")
        {
            Assert.Equal(document, written);
        }
        Assert.True(AnthropicCredentials.TryRead(Encoding.UTF8.GetBytes(written), out AnthropicCredentials? again, out _));
        Assert.Equal(credentials, again);
    }

    [Fact]
    public void An_unknown_header_is_fatal() =>
        Assert.Throws<InvalidDataException>(() => VectorFile.Parse("expect: valid\nexpires_at: 7\n\n{}\n", Known));
}
