namespace AotBroker.EndToEnd.Tests;

/// <summary>Where the identity comes from, and what says so.</summary>
public enum Source
{
    /// <summary>GitHub's service: a new token for each exchange.</summary>
    Mints,

    /// <summary>A file with one token, which may be presented once.</summary>
    File,

    /// <summary>The same, named by a profile of the broker's own.</summary>
    ProfileWithFile,
}

/// <summary>A machine on which nothing has happened yet, and the process that is disturbed there.</summary>
internal sealed class FirstProcess : IDisposable
{
    public FirstProcess(LocalEndpoint endpoint, Source source, bool isExec)
    {
        Endpoint = endpoint;
        Source = source;
        IsExec = isExec;
        switch (source)
        {
            case Source.Mints:
                Sandbox.UseGitHubVariables(endpoint);
                break;
            case Source.File:
                Sandbox.UseFederationVariables(endpoint);
                break;
            default:
                Sandbox.WriteProfile("ci", Sandbox.NewProfile(endpoint));
                Sandbox.Environment["AOTBROKER_PROFILE"] = "ci";
                break;
        }
    }

    public Sandbox Sandbox { get; } = new();

    public LocalEndpoint Endpoint { get; }

    public Source Source { get; }

    public bool IsExec { get; }

    /// <summary>What is disturbed.</summary>
    public Launch Launch => IsExec ? new Launch("exec", "--", BriefCommand.Write(Sandbox)) : new Launch("get");

    /// <summary>The same command once more, undisturbed, so that it prints the credential that it has, or that its command has.</summary>
    public async Task<(ProcessResult Result, string? Credential)> SecondAsync()
    {
        if (!IsExec)
        {
            var get = await Sandbox.RunAsync("get");
            return (get, get.ExitCode == 0 ? get.Line : null);
        }

        var exec = await Sandbox.RunAsync("exec", "--", "/bin/sh", "-c", "cat \"$ANTHROPIC_CONFIG_DIR/credentials/$ANTHROPIC_PROFILE.json\"");
        return (exec, exec.ExitCode == 0 ? System.Text.Json.Nodes.JsonNode.Parse(exec.Output)!["access_token"]!.GetValue<string>() : null);
    }

    public void Dispose() => Sandbox.Dispose();
}
