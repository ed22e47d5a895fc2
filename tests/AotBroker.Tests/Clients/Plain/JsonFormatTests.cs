using System.Text.Json;

namespace AotBroker.Tests;

/// <summary>The credential as one JSON object, to the octet.</summary>
public sealed class JsonFormatTests : FormatTest
{
    [Fact]
    public void Json_takes_every_kind()
    {
        Assert.Equal(
            $$"""{"access_key_id":"ASIAIOSFODNN7EXAMPLE","secret_access_key":"{{SecretKey}}","session_token":"{{SessionToken}}","account_id":"1","expires_at":{{Now + 3600}},"expires_in":3600,"profile":"db-1"}""" + "\n",
            Written("json", Aws("1")));
        Assert.Equal(
            $$"""{"fields":{"username":"app \"1\"","password":"ä\\\u000a"},"expires_at":{{Now + 3600}},"expires_in":3600,"profile":"db-1"}""" + "\n",
            Written("json", Fields(("username", "app \"1\""), ("password", "ä\\\n"))));
    }

    [Fact]
    public void Whatever_characters_a_secret_has_json_stays_valid_and_holds_it()
    {
        string every = string.Concat(Enumerable.Range(0, 0x300).Select(static c => (char)c)) + "\ud83d\ude00\u2028";

        using JsonDocument json = JsonDocument.Parse(Formats.Write("json", Fields((every, every))));

        Assert.Equal(every, json.RootElement.GetProperty("fields").GetProperty(every).GetString());
    }
}
