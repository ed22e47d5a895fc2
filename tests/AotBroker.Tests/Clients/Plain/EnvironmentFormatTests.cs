using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>Lines of NAME=VALUE, to the octet.</summary>
public sealed class EnvironmentFormatTests : FormatTest
{
    [Fact]
    public void Env_names_the_variables_of_each_kind()
    {
        Assert.Equal($"AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY={SecretKey}\nAWS_SESSION_TOKEN={SessionToken}\n", Written("env", Aws()));
        Assert.Equal($"DB_1_TOKEN={Jwt}\n", Written("env", Token()));
        Assert.Equal("DB_1_PATH=/x\n", Written("env", Fields(("path", "/x"))));
        Assert.Equal("_7_A_B=c\n", Written("env", Fields(("a.b", "c")) with { Profile = "7" }));
    }

    [Fact]
    public void Env_names_the_variables_as_the_profile_does()
    {
        SchemaMap<string> names = new([KeyValuePair.Create("token", "GH_TOKEN"), KeyValuePair.Create("password", "PGPASSWORD")]);

        Assert.Equal($"GH_TOKEN={Jwt}\n", Written("env", Token() with { VariableNames = names }));
        Assert.Equal("PGPASSWORD=a\nDB_1_HOST=b\n", Written("env", Fields(("password", "a"), ("host", "b")) with { VariableNames = names }));
    }
}
