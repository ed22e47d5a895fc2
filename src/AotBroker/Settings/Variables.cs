namespace AotBroker.Settings;

/// <summary>The names of the environment variables that are read.</summary>
internal static class Variables
{
    public const string BrokerProfile = "AOTBROKER_PROFILE";
    public const string BrokerConfigDirectory = "AOTBROKER_CONFIG_DIR";
    public const string BrokerCacheDirectory = "AOTBROKER_CACHE_DIR";

    /// <summary>Set by `exec`, and by `keep` for the later steps of a job: the directory with what was published.</summary>
    public const string BrokerCommandDirectory = "AOTBROKER_EXEC_DIR";

    public const string BrokerLog = "AOTBROKER_LOG";
    public const string BrokerHostMetadata = "AOTBROKER_HOST_METADATA";

    public const string ApiKey = "ANTHROPIC_API_KEY";
    public const string AuthToken = "ANTHROPIC_AUTH_TOKEN";
    public const string Profile = "ANTHROPIC_PROFILE";
    public const string ConfigDirectory = "ANTHROPIC_CONFIG_DIR";
    public const string Betas = "ANTHROPIC_BETAS";
    public const string CustomHeaders = "ANTHROPIC_CUSTOM_HEADERS";
    public const string BaseUrl = "ANTHROPIC_BASE_URL";
    public const string OrganizationId = "ANTHROPIC_ORGANIZATION_ID";
    public const string WorkspaceId = "ANTHROPIC_WORKSPACE_ID";
    public const string FederationRuleId = "ANTHROPIC_FEDERATION_RULE_ID";
    public const string ServiceAccountId = "ANTHROPIC_SERVICE_ACCOUNT_ID";
    public const string IdentityTokenFile = "ANTHROPIC_IDENTITY_TOKEN_FILE";
    public const string AnthropicIdentityToken = "ANTHROPIC_IDENTITY_TOKEN";

    public const string ClaudeCodeOAuthToken = "CLAUDE_CODE_OAUTH_TOKEN";
    public const string ClaudeConfigDirectory = "CLAUDE_CONFIG_DIR";
    public const string ClaudeCodeUseBedrock = "CLAUDE_CODE_USE_BEDROCK";
    public const string ClaudeCodeUseVertex = "CLAUDE_CODE_USE_VERTEX";
    public const string ClaudeCodeUseFoundry = "CLAUDE_CODE_USE_FOUNDRY";

    public const string GitHubActions = "GITHUB_ACTIONS";
    public const string GitHubRequestUrl = "ACTIONS_ID_TOKEN_REQUEST_URL";
    public const string GitHubRequestToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";
    public const string GitHubRepository = "GITHUB_REPOSITORY";
    public const string GitHubRunId = "GITHUB_RUN_ID";
    public const string GitHubRunAttempt = "GITHUB_RUN_ATTEMPT";
    public const string GitHubJob = "GITHUB_JOB";

    public const string GitHubEnv = "GITHUB_ENV";

    /// <summary>Marks the processes of a job, for GitHub's runner.</summary>
    public const string RunnerTrackingId = "RUNNER_TRACKING_ID";

    /// <summary>Marks the processes of a job, for the agent of Azure Pipelines.</summary>
    public const string AgentProcessLookupId = "VSTS_PROCESS_LOOKUP_ID";

    public const string KubernetesExecInfo = "KUBERNETES_EXEC_INFO";
    /// <summary>Set by Google's libraries alone, for the program that they call.</summary>
    public const string GoogleAudience = "GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE";
    public const string GoogleTokenType = "GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE";
    public const string GoogleOutputFile = "GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE";
    public const string GoogleInteractive = "GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE";
    public const string GoogleRevoke = "GOOGLE_EXTERNAL_ACCOUNT_REVOKE";

    public const string AwsRoleArn = "AWS_ROLE_ARN";
    public const string AwsRoleSessionName = "AWS_ROLE_SESSION_NAME";
    public const string AwsRegion = "AWS_REGION";
    public const string AwsDefaultRegion = "AWS_DEFAULT_REGION";

    public const string AzureTenantId = "AZURE_TENANT_ID";
    public const string AzureClientId = "AZURE_CLIENT_ID";
    public const string AzureAuthorityHost = "AZURE_AUTHORITY_HOST";

    public const string VaultAddress = "VAULT_ADDR";
    public const string VaultNamespace = "VAULT_NAMESPACE";
    public const string BaoAddress = "BAO_ADDR";
    public const string BaoNamespace = "BAO_NAMESPACE";

    public const string Home = "HOME";
    public const string XdgConfigHome = "XDG_CONFIG_HOME";
    public const string XdgCacheHome = "XDG_CACHE_HOME";
    public const string XdgRuntimeDirectory = "XDG_RUNTIME_DIR";
    public const string RunnerTemp = "RUNNER_TEMP";
    public const string TemporaryDirectory = "TMPDIR";

    /// <summary>Where systemd listens; sd_notify(3).</summary>
    public const string NotifySocket = "NOTIFY_SOCKET";
}
