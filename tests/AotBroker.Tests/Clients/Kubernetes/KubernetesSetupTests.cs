using AotBroker.Clients;
using AotBroker.Clients.Editing;
using AotBroker.Clients.Kubernetes;
using AotBroker.Profiles;

namespace AotBroker.Tests;

/// <summary>A kubeconfig, before and after, to the octet. @ stands for this program.</summary>
public sealed class KubernetesSetupTests : IDisposable
{
    private const string Ours = """
        - name: "ci"
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              command: "@"
              args: ["get", "--profile", "ci", "--format", "kubernetes"]
              interactiveMode: Never
              provideClusterInfo: true

        """;

    private const string Start = "apiVersion: v1\nkind: Config\n";

    private const string Theirs = """
        - name: kind
          user:
            client-certificate-data: LS0tLS1CRUdJTg==
            client-key-data: |
              - name: "ci"
              users: []

        """;

    /// <summary>Texts over several lines, in every style; what is in them is no entry.</summary>
    private const string Folded = """
        - name: gke_example_z_c
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1beta1
              args: null
              command: gke-gcloud-auth-plugin
              env: null
              installHint: Install the plugin for use with kubectl by following
                https://cloud.example.com/docs#plugin - name

                or ask
              provideClusterInfo: true
        - name: 'aks
            example'
          user:
            token: "kubeconfig-u-abc:
              - name: ci \
              users"
            other:
              a text that begins on its own line
              and goes on
        - name: rancher
          user:
            installHint: >-
              - name: ci
                user: x

              users:
            literal: |
              users: []

        """;

    /// <summary>As kubectl writes it again.</summary>
    private const string Kubectls = """
        - name: ci
          user:
            exec:
              apiVersion: client.authentication.k8s.io/v1
              args:
              - get
              - --profile
              - ci
              - --format
              - kubernetes
              command: '@'
              env:
              - name: A
                value: b
              interactiveMode: Never
              provideClusterInfo: true

        """;

    private readonly Machine _machine = new();

    public void Dispose() => _machine.Dispose();

    private FileEdit Edit(string before)
    {
        _machine.WriteBrokerProfile("ci", """{"exchange":{"type":"none"}}""");
        return new KubernetesSetup().Plan(ProfileResolver.ResolveExchange("ci", _machine.Environment), "/x", _machine.Environment).Edit(before);
    }

    private static string Real(string text) => OctetText.Of(text.Replace("@", Environment.ProcessPath, StringComparison.Ordinal));

    private static string Indented(string text) => string.Concat(text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => "  " + line + "\n"));

    public static TheoryData<string, string> Written => new()
    {
        { "", Start + "users:\n" + Ours },
        { "# mine\n---\n\n", "# mine\n---\n\n" + Start + "users:\n" + Ours },
        { Start, Start + "users:\n" + Ours },
        { Start.TrimEnd('\n'), Start + "users:\n" + Ours },
        { Start + "users: []\npreferences: {}\n", Start + "users:\n" + Ours + "preferences: {}\n" },
        { Start + "users: null # none\npreferences: {}", Start + "users: # none\n" + Ours + "preferences: {}" },
        { Start + "users:\n", Start + "users:\n" + Ours },
        { Start + "users:", Start + "users:\n" + Ours },
        { Start + "users:\n" + Theirs, Start + "users:\n" + Theirs + Ours },
        { Start + "users:\n" + Theirs.TrimEnd('\n'), Start + "users:\n" + Theirs + Ours },
        { Start + "users:\n" + Indented(Theirs) + "\n# größe\npreferences: {}\n", Start + "users:\n" + Indented(Theirs) + Indented(Ours) + "\n# größe\npreferences: {}\n" },
        { (Start + "users:\n" + Theirs + "a: b\n").Replace("\n", "\r\n", StringComparison.Ordinal), (Start + "users:\n" + Theirs + Ours + "a: b\n").Replace("\n", "\r\n", StringComparison.Ordinal) },
        { "users:\n- name: 'a''b'\n  user: {token: \"x # y\", other: [1, {}]} # z\n", "users:\n- name: 'a''b'\n  user: {token: \"x # y\", other: [1, {}]} # z\n" + Ours },
        // As kubectl, GKE, AKS and Rancher write long or strange texts.
        { "users:\n" + Folded, "users:\n" + Folded + Ours },
        { "contexts: [\n  {name: a,\n   context: {user: \"b\n c\"}}\n]\nusers:\n" + Theirs, "contexts: [\n  {name: a,\n   context: {user: \"b\n c\"}}\n]\nusers:\n" + Theirs + Ours },
        { "\"apiVersion\": \"v1\"\n'users':\n" + Theirs, "\"apiVersion\": \"v1\"\n'users':\n" + Theirs + Ours },
        { "a: |2-\n    - name: ci\nb: >+1 # c\n  users:\nusers:\n" + Theirs, "a: |2-\n    - name: ci\nb: >+1 # c\n  users:\nusers:\n" + Theirs + Ours },
        { "users:\n- name: ci\n  user:\n    exec:\n      args: [\n        get\n      ]\n      command:\n        /opt/aotbroker\n      installHint: a\n        b\n", "users:\n- name: ci\n  user:\n    exec:\n      args: [\"get\", \"--profile\", \"ci\", \"--format\", \"kubernetes\"]\n      command: \"@\"\n      provideClusterInfo: true\n      installHint: a\n        b\n" },
        // Its own, rewritten by another program, with additions.
        { "users:\n" + Kubectls + Theirs, "users:\n" + Kubectls + Theirs },
        { "users:\n" + Indented(Ours), "users:\n" + Indented(Ours) },
        { "users:\n" + Kubectls.Replace("'@'", "/opt/aotbroker", StringComparison.Ordinal) + Theirs, "users:\n" + Kubectls.Replace("'@'", "\"@\"", StringComparison.Ordinal) + Theirs },
        {
            "users:\n" + Kubectls.Replace("      - kubernetes\n", "", StringComparison.Ordinal) + Theirs,
            "users:\n" + Kubectls.Replace("\n      - get\n      - --profile\n      - ci\n      - --format\n      - kubernetes\n", " [\"get\", \"--profile\", \"ci\", \"--format\", \"kubernetes\"]\n", StringComparison.Ordinal) + Theirs
        },
        { "users:\n" + Ours.Replace("Info: true", "Info: false", StringComparison.Ordinal), "users:\n" + Ours },
        {
            "users:\n- user:\n    exec:\n      command: /opt/aotbroker\n      env: null\n  name: ci",
            "users:\n- user:\n    exec:\n      command: \"@\"\n      args: [\"get\", \"--profile\", \"ci\", \"--format\", \"kubernetes\"]\n      provideClusterInfo: true\n      env: null\n  name: ci"
        },
        {
            "users:\n- name: ci\n  user:\n    exec:\n      args: []\n      command: /opt/aotbroker",
            "users:\n- name: ci\n  user:\n    exec:\n      args: [\"get\", \"--profile\", \"ci\", \"--format\", \"kubernetes\"]\n      command: \"@\"\n      provideClusterInfo: true\n"
        },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void The_file_gets_what_it_lacks_and_keeps_the_rest(string before, string after)
    {
        FileEdit edit = Edit(Real(before));

        Assert.Null(edit.Refusal);
        Assert.Equal(Real(after), edit.Text);
        Assert.Equal(edit, Edit(edit.Text!));
    }

    [Theory]
    [InlineData("users:\n- name: ci\n  user:\n    token: x\n", "line 2 begins another user \"ci\"")]
    [InlineData("users:\n- name: ci\n  user:\n    exec:\n      command: aws\n      args: [eks, get-token]\n", "line 2 begins another user")]
    [InlineData("users:\n- name: ci\n  user: {exec: {command: aotbroker}}\n", "line 2 begins another user")]
    [InlineData("users:\n- name: ci\n- name: \"ci\"\n", "line 3 begins the same user as line 2")]
    [InlineData("users:\n- {name: ci}\n", "line 2 begins a user whose name cannot be read")]
    [InlineData("users:\n- name: \"\\u0063i\"\n", "line 2 begins a user whose name cannot be read")]
    [InlineData("users:\n- user: {}\n", "line 2 begins a user whose name cannot be read")]
    [InlineData("users: [{name: a}]\n", "line 1 has users that are not in block style")]
    [InlineData("users:\nusers:\n", "line 2 repeats a key")]
    [InlineData("{\"users\": []}\n", "line 1 begins no mapping")]
    [InlineData("{\n \"users\": []\n}\n", "line 1 begins no mapping")]
    [InlineData("users: [\n  {name: a}\n]\n", "line 1 has users that are not in block style")]
    [InlineData("users:\n  []\n", "line 1 has users that are not in block style")]
    [InlineData("a: \"b\n", "line 1 has a value that is more")]
    [InlineData("a: \"b\n---\nc\"\n", "line 2 has a tab, or begins a second document")]
    [InlineData("a: [b,\n  # c\n  d]\n", "line 1 has a value that is more")]
    [InlineData("a: [b\n", "line 1 has a value that is more")]
    [InlineData("a: [b,\n  &c d]\n", "line 1 has a value that is more")]
    [InlineData("a: b\n  c: d\n", "line 2 has a colon")]
    [InlineData("a: b # c\n  d\n", "line 2 is not indented")]
    [InlineData("a: b\n  # c\n  d\n", "line 3 is not indented")]
    [InlineData("a: b\n  c # d\n  e\n", "line 3 is not indented")]
    [InlineData("a:\n  b\n  - c: d\n", "line 3 has a colon")]
    [InlineData("\"a\\x62\": c\n", "line 1 has a key with an escape")]
    [InlineData("'users': []\nusers: []\n", "line 2 repeats a key")]
    [InlineData("users:\n- &a\n  name: b\n", "line 2 has a value that is more")]
    [InlineData("users:\n- name: b\n  user: *a\n", "line 3 has a value that is more")]
    [InlineData("- a\n", "line 1 begins no mapping")]
    [InlineData("  a: b\n", "line 1 begins no mapping")]
    [InlineData("<<: *a\n", "line 1")]
    [InlineData("? a\n: b\n", "line 1")]
    [InlineData("a: &b\n", "line 1 has a value that is more")]
    [InlineData("a: [*b]\n", "line 1 has a value that is more")]
    [InlineData("a: !!str b\n", "line 1 has a value that is more")]
    [InlineData("a: b: c\n", "line 1 has a value that is more")]
    [InlineData("a:\tb\n", "line 1 has a tab")]
    [InlineData("a: b\n---\nusers:\n", "line 2 has a tab, or begins a second document")]
    [InlineData("a:\n    b: c\n  d: e\n", "line 3 is not indented")]
    [InlineData("a: b\n- c\n", "line 2 is not indented")]
    [InlineData("- - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - - a\n", "line 1 is nested too deeply")]
    [InlineData("a: b\rusers: []\n", "carriage return")]
    [InlineData("a: \u00e2\u0080\u00a8users: []\n", "read as the end of a line")]
    [InlineData("\u00ef\u00bb\u00bfa: b\n", "byte order mark")]
    public void What_others_wrote_or_cannot_be_parsed_is_left(string before, string reason)
    {
        FileEdit edit = Edit(before);

        Assert.Null(edit.Text);
        Assert.Contains(reason, edit.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_file_is_left_kubectl_can_do_the_same()
    {
        _machine.WriteBrokerProfile("ci", """{"exchange":{"type":"none"}}""");

        string command = new KubernetesSetup().Plan(ProfileResolver.ResolveExchange("ci", _machine.Environment), "/x", _machine.Environment).Otherwise!;

        Assert.StartsWith("kubectl config set-credentials ci --exec-api-version=client.authentication.k8s.io/v1 --exec-command=", command, StringComparison.Ordinal);
        Assert.EndsWith(" --exec-arg=get --exec-arg=--profile --exec-arg=ci --exec-arg=--format --exec-arg=kubernetes --exec-interactive-mode=Never --exec-provide-cluster-info=true", command, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_is_the_first_that_kubectl_reads()
    {
        Assert.Equal(_machine.Home[".kube/config"], new KubernetesSetup().FileFor("ci", _machine.Environment));
        Assert.Equal("/a", new KubernetesSetup().FileFor("ci", _machine.WithVariables(("KUBECONFIG", ":/a:/b"))));
    }
}
