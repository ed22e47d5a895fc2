using System.Text.Json.Nodes;

namespace AotBroker.EndToEnd.Tests;

/// <summary>A job for the stand-in for GitHub's runner, which runs the real action, with Node, in a process of its own.</summary>
internal sealed class Job
{
    private readonly Sandbox _sandbox;
    private readonly string _name;
    private readonly JsonArray _steps = [];

    /// <param name="sandbox">Where it runs.</param>
    /// <param name="endpoint">Who gives it an identity, and exchanges it.</param>
    /// <param name="name">Its folder's name.</param>
    public Job(Sandbox sandbox, LocalEndpoint endpoint, string name = "job")
    {
        _sandbox = sandbox;
        _name = name;
        Workspace = sandbox.MakeDirectory(name + "/workspace");
        Variables = new Dictionary<string, string?>
        {
            ["PATH"] = $"{Path.GetDirectoryName(NodeClient.Node)}:{sandbox.Environment["PATH"]}",
            ["HOME"] = sandbox.Home,
            ["XDG_CONFIG_HOME"] = sandbox.Config,
            ["AOTBROKER_HOST_METADATA"] = "off",
            ["ANTHROPIC_BASE_URL"] = endpoint.Url,
            ["ACTIONS_ID_TOKEN_REQUEST_URL"] = endpoint.GitHubRequestUrl,
            ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = endpoint.GitHubRequestToken,
        };
        With = new JsonObject
        {
            ["binary"] = PublishedBinary.Path,
            ["federation-rule-id"] = endpoint.Rule.Id,
            ["organization-id"] = endpoint.Rule.OrganizationId,
        };
    }

    public string Workspace { get; }

    /// <summary>RUNNER_TEMP.</summary>
    public string Temporary => Path.Combine(_sandbox.Root, _name, "temp");

    public string ToolCache => Path.Combine(_sandbox.Root, "tools");

    /// <summary>The job's variables.</summary>
    public Dictionary<string, string?> Variables { get; }

    /// <summary>The action's inputs.</summary>
    public JsonObject With { get; }

    /// <summary>Whether steps run in a container, or in what looks like one to them.</summary>
    public bool IsContainer { get; init; }

    /// <summary>A step that uses the action, as the repository has it.</summary>
    public Job Uses()
    {
        _steps.Add(new JsonObject { ["name"] = "aotbroker", ["uses"] = PublishedBinary.RepositoryRoot, ["with"] = With.DeepClone() });
        return this;
    }

    public Job Runs(string script, bool always = false)
    {
        _steps.Add(new JsonObject { ["name"] = script, ["run"] = script, ["if"] = always ? "always()" : null });
        return this;
    }

    public BrokerProcess Start()
    {
        JsonObject variables = [];
        foreach (var (name, value) in Variables)
        {
            if (value is not null)
            {
                variables[name] = value;
            }
        }

        var job = _sandbox.WriteFile($"{_name}/job.json", new JsonObject
        {
            ["temp"] = Temporary,
            ["workspace"] = Workspace,
            ["toolCache"] = ToolCache,
            ["container"] = IsContainer,
            ["env"] = variables,
            ["steps"] = _steps.DeepClone(),
        }.ToJsonString());
        _sandbox.SecretFiles.Add(job);
        var worker = Path.Combine(PublishedBinary.RepositoryRoot, "tests/AotBroker.EndToEnd.Tests/Actions/worker.js");
        return _sandbox.Start(new Launch(worker, job, ResultFile) { Program = NodeClient.Node });
    }

    public Task<JobResult> RunAsync() => EndAsync(Start());

    /// <summary>What became of a job that was started.</summary>
    public async Task<JobResult> EndAsync(BrokerProcess worker)
    {
        (await worker.WaitAsync()).Succeeded();
        return new JobResult(JsonNode.Parse(await File.ReadAllTextAsync(ResultFile))!.AsObject());
    }

    private string ResultFile => Path.Combine(_sandbox.Root, _name, "result.json");
}

/// <summary>What became of a job.</summary>
internal sealed class JobResult(JsonObject result)
{
    public bool IsGood => result["conclusion"]!.GetValue<string>() == "success";

    /// <summary>The variables that steps exported.</summary>
    public JsonObject Exported => result["environment"]!.AsObject();

    /// <summary>What had to be killed when the job was over.</summary>
    public IEnumerable<string> Orphans => Texts(result["orphans"]);

    public StepResult Step(string name, string stage = "main") =>
        new(result["steps"]!.AsArray().Select(step => step!.AsObject()).Single(step => step["name"]!.GetValue<string>() == name && step["stage"]!.GetValue<string>() == stage));

    public StepResult Action => Step("aotbroker");

    public StepResult Post => Step("aotbroker", "post");

    public IEnumerable<StepResult> Steps => result["steps"]!.AsArray().Select(step => new StepResult(step!.AsObject()));

    /// <summary>All steps were good, and none was waited for once its process had ended.</summary>
    public JobResult Succeeded()
    {
        Assert.True(IsGood, result.ToJsonString());
        Assert.Empty(Orphans);
        Assert.All(Steps, step => Assert.False(step.WasHeldOpen, $"{step} left its output open"));
        return this;
    }

    public override string ToString() => result.ToJsonString();

    private static IEnumerable<string> Texts(JsonNode? array) => array!.AsArray().Select(text => text!.GetValue<string>());

    internal sealed class StepResult(JsonObject step)
    {
        public string Outcome => step["outcome"]!.GetValue<string>();

        /// <summary>Its lines, with what is masked taken out.</summary>
        public IEnumerable<string> Log => Texts(step["log"]);

        /// <summary>Errors, warnings and the like, each as <c>kind: message</c>.</summary>
        public IEnumerable<string> Annotations => Texts(step["annotations"]);

        public bool WasHeldOpen => step["heldOpen"]?.GetValue<bool>() ?? false;

        public string Summary => step["summary"]!.GetValue<string>();

        public string? Output(string name) => step["outputs"]![name]?.GetValue<string>();

        public override string ToString() => step.ToJsonString();
    }
}
