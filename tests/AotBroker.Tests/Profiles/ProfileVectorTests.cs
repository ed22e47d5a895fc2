using AotBroker.Errors;
using AotBroker.Profiles;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Tests;

/// <summary>Each file of tests/vectors/profiles, read as the profile "ci", gives what its headers say.</summary>
public sealed class ProfileVectorTests : IDisposable
{
    private const string Folder = "profiles";

    /// <summary>
    /// kind: broker or anthropic. expect: resolved, or the error's code; after the first exchange is prepared, so that the
    /// values from the environment are checked too. env: NAME=VALUE. message, hint: a part of the error. warning: the whole
    /// of it. login: the credentials file; @HOME@ is the home directory. The others: the resolved value, or "none".
    /// </summary>
    private static readonly string[] Known =
        ["about", "kind", "expect", "env", "message", "hint", "warning", "rule", "organization", "service-account", "workspace", "base-url", "identity", "login", "client"];

    private readonly Machine _machine = new();

    public static TheoryData<string> All => VectorFile.Names(Folder);

    public void Dispose() => _machine.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public void A_profile_gives_what_its_vector_says(string name)
    {
        VectorFile vector = VectorFile.Load(Folder, name, Known);
        string file = vector["kind"] switch
        {
            "broker" => _machine.WriteBrokerProfile("ci", vector.Document),
            "anthropic" => _machine.WriteAnthropicProfile("ci", vector.Document),
            var kind => throw new InvalidDataException($"kind: {kind}"),
        };
        foreach (string variable in vector.All("env"))
        {
            string[] parts = variable.Split('=', 2);
            _machine.Variables[parts[0]] = parts[1];
        }

        if (vector["expect"] == "resolved")
        {
            ResolvedProfile profile = Resolve();
            Check(vector, profile);
        }
        else
        {
            CheckError(vector, file);
        }
    }

    private ResolvedProfile Resolve()
    {
        ResolvedProfile profile = ProfileResolver.Resolve("ci", _machine.Environment);
        (profile as FederatedProfile)?.Federation?.RequireValid();
        return profile;
    }

    private void Check(VectorFile vector, ResolvedProfile resolved)
    {
        if (resolved is LoginProfile login)
        {
            Assert.Equal(vector["login"]!.Replace("@HOME@", _machine.Home.Path, StringComparison.Ordinal), login.CredentialsFile);
            Compare(vector, "client", login.ClientId);
            Compare(vector, "organization", login.OrganizationId.Value);
            Compare(vector, "workspace", login.WorkspaceId.Value);
            Compare(vector, "base-url", login.BaseUrl.Value);
        }
        else
        {
            Check(vector, (FederatedProfile)resolved);
        }
        Assert.Equal(vector.All("warning"), resolved.Warnings.Select(static warning => warning.ToString()));
    }

    private static void Check(VectorFile vector, FederatedProfile profile)
    {
        Assert.Null(vector["login"]);
        Compare("rule", profile.Federation!.FederationRuleId.Value);
        Compare("organization", profile.Federation!.OrganizationId.Value);
        Compare("service-account", profile.Federation!.ServiceAccountId.Value);
        Compare("workspace", profile.Federation!.WorkspaceId.Value);
        Compare("base-url", profile.Federation!.BaseUrl.Value);
        Compare("identity", profile.Identity.Settings switch
        {
            FileIdentity file => $"file {file.Path}",
            LiteralIdentity literal => $"literal {literal.Variable}",
            GithubActionsIdentity github => $"github-actions {github.Audience}".TrimEnd(),
            var other => other.Source,
        });

        void Compare(string header, string? actual) => ProfileVectorTests.Compare(vector, header, actual);
    }

    private static void Compare(VectorFile vector, string header, string? actual)
    {
        if (vector[header] is { } expected)
        {
            Assert.Equal(expected, actual ?? "none");
        }
    }

    private void CheckError(VectorFile vector, string file)
    {
        BrokerException error = Expect.Error(vector["expect"]!, Resolve);
        Assert.All(vector.All("message"), part => Assert.Contains(part.Replace("@FILE@", file, StringComparison.Ordinal), error.Message, StringComparison.Ordinal));
        Assert.All(vector.All("hint"), part => Assert.Contains(error.Hints, hint => hint.Contains(part, StringComparison.Ordinal)));
    }

    [Fact]
    public void An_unknown_header_is_fatal() =>
        Assert.Throws<InvalidDataException>(() => VectorFile.Parse("expect: resolved\nexpects: resolved\n\n{}\n", Known));

    [Fact]
    public void A_vector_that_expects_nothing_is_fatal() =>
        Assert.Throws<InvalidDataException>(() => VectorFile.Parse("kind: broker\n\n{}\n", Known));
}
