namespace AotBroker.Tests;

/// <summary>The answer of an executable source, to the octet.</summary>
public sealed class GoogleFormatTests : FormatTest
{
    [Theory]
    [InlineData(null, "urn:ietf:params:oauth:token-type:id_token")]
    [InlineData("urn:ietf:params:oauth:token-type:id_token", "urn:ietf:params:oauth:token-type:id_token")]
    [InlineData("urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:jwt")]
    public void Google_is_an_executable_response_of_the_type_asked_for(string? asked, string type)
    {
        Machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE"] = asked;

        Assert.Equal(
            $$"""{"version":1,"success":true,"token_type":"{{type}}","id_token":"{{Jwt}}","expiration_time":{{Now + 540}}}""" + "\n",
            Written("google", Token()));
    }

    [Fact]
    public void Google_takes_no_saml_and_no_token_that_is_no_jwt()
    {
        Expect.Error("AB0201", () => Written("google", Output(Made.Credential())));
        Machine.Variables["GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE"] = "urn:ietf:params:oauth:token-type:saml2";
        Expect.Error("AB0305", () => Written("google", Token()));
    }
}
