using System.Buffers.Text;
using System.Text;

namespace LocalTokenEndpoint.Tests;

/// <summary>Texts that are nearly a JWT.</summary>
public class AssertionFormTests
{
    [Theory]
    [InlineData("""{"alg":"RS256"}""", """{"sub":"a"}""", "c2ln", true)]
    [InlineData("""{"alg":"RS256","alg":"none"}""", """{"sub":"a"}""", "c2ln", false)]
    [InlineData("""{"alg":"RS256"}""", """{"sub":"a","sub":"b"}""", "c2ln", false)]
    [InlineData("""["alg"]""", """{"sub":"a"}""", "c2ln", false)]
    [InlineData("""{"alg":"RS256"}""", "null", "c2ln", false)]
    [InlineData("""{"alg":"RS256"}""", """{"sub":"a"}""", "c2ln=", false)]
    [InlineData("""{"alg":"RS256"}""", """{"sub":"a"}""", "c2l\n", false)]
    [InlineData("""{"alg":"RS256"}""", """{"sub":"a"}""", "c2+/", false)]
    public void Only_three_parts_of_unpadded_base64url_with_unambiguous_objects_are_taken_apart(
        string header, string payload, string signature, bool isTaken)
    {
        var text = $"{Encode(header)}.{Encode(payload)}.{signature}";

        Assert.Equal(isTaken, Assertion.Parse(text) is not null);
        Assert.Null(Assertion.Parse(text + ".more"));
        Assert.Null(Assertion.Parse($"{Encode(header)}.{Encode(payload)}"));
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
