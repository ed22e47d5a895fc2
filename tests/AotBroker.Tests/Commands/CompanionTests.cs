using System.Diagnostics;
using System.Text.Json;
using AotBroker.Commands;
using AotBroker.Files;
using AotBroker.Publishing;

namespace AotBroker.Tests;

/// <summary>The process beside a command, against a real endpoint: what it renews, what it says, and what it takes away in the end.</summary>
public sealed class CompanionTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Before this many seconds to the end nothing is renewed, and after as many it is: the jitter lies between.</summary>
    private const long BeforeItIsDue = 241;
    private const long WhenItIsDue = 180;

    private ExecMachine _machine = null!;

    private Machine Machine => _machine.Machine;

    public async Task InitializeAsync() => _machine = await ExecMachine.StartAsync();

    public async Task DisposeAsync() => await _machine.DisposeAsync();

    [Theory]
    [InlineData(true, "companion", "stay", "1", "/d")]
    [InlineData(true, "companion", "detach", "1", "/d", "file", "ci", "1", "2")]
    [InlineData(false, "companion", "stay", "1")]
    [InlineData(false, "companion", "stay", "1", "/d", "file")]
    [InlineData(false, "companion", "go", "1", "/d")]
    [InlineData(false, "get", "stay", "1", "/d")]
    public void Its_arguments_are_those_that_exec_makes(bool isCompanion, params string[] arguments) => Assert.Equal(isCompanion, Companion.Is(arguments));

    [Fact]
    public void The_first_starts_the_second_in_a_session_of_its_own_and_leaves()
    {
        ImitatedProcess self = new() { StartError = 11, Says = "" };

        Assert.Equal(11, Companion.Run(["companion", "detach", "1", "/d", "file", "ci", "1", "2"], _machine.NewSession(), self));

        (string[] arguments, bool ownSession) = Assert.NotNull(self.Started);
        Assert.Equal(["aotbroker", "companion", "stay", "1", "/d", "file", "ci", "1", "2"], arguments);
        Assert.True(ownSession);
        Assert.Equal(["handed on the standard streams only"], self.Done);
        Assert.Empty(Machine.Output.Text);
    }

    [Theory]
    [InlineData("somewhere")]
    [InlineData("exec/1-00000000-x")]
    public void A_directory_that_is_not_its_commands_is_left_alone(string name)
    {
        string directory = Machine.Home.MakeDirectory(name);

        Expect.Error("AB0201", () => Companion.Run(["companion", "stay", $"{Environment.ProcessId}", directory], _machine.NewSession(), new ImitatedProcess()));

        Assert.True(Directory.Exists(directory));
        Assert.Empty(Machine.Output.Text); // `exec` would take a line for readiness.
    }

    [Fact]
    public void It_says_that_it_watches_and_lets_go_of_the_callers_streams_but_not_of_standard_error()
    {
        using Beside beside = new(_machine, "--", "agent");

        beside.Until(() => beside.Self.Done.Count == 3);

        Assert.Equal("\n", Machine.Output.Text);
        Assert.Equal(["ignored termination", "let go of 0", "let go of 1"], beside.Self.Done);
        using FlightLock gate = FlightLock.Open(CommandDirectories.LockOf(beside.Path));
        Assert.True(gate.IsLed());
    }

    [Fact]
    public void At_the_commands_end_it_removes_the_directory_and_ends()
    {
        using Beside beside = new(_machine, "--with", "ci", "--with", "id:file", "--", "agent");
        beside.Until(() => Machine.Output.Text.Length > 0);
        Assert.True(Directory.Exists(beside.Path));

        Assert.Equal(0, beside.End());

        Assert.False(Directory.Exists(beside.Path));
        Assert.Equal("let go of 2", beside.Self.Done[^1]);
        Assert.Empty(_machine.Errors);
    }

    [Fact]
    public void A_command_that_has_ended_before_it_looked_is_over_at_once()
    {
        using Beside beside = new(_machine, isOver: true, "--", "agent");

        Assert.Equal(0, beside.Join());

        Assert.False(Directory.Exists(beside.Path));
        Assert.Equal(1, _machine.Federated.Endpoint.Events.Presentations);
    }

    [Fact]
    public void A_credential_is_renewed_before_clients_would_think_of_it_and_not_earlier()
    {
        _machine.Federated.UseGitHub();
        Machine.WriteBrokerProfile("ci", _machine.Anthropic("""{ "source": "github-actions" }"""));
        using Beside beside = new(_machine, "--with", "ci", "--", "agent");
        string first = beside.Token;
        Machine.Clock.Now = beside.ExpiresAt - BeforeItIsDue;
        beside.Look();
        Assert.Equal(1, _machine.Federated.Endpoint.Events.Presentations);

        Machine.Clock.Now = beside.ExpiresAt - WhenItIsDue;
        beside.Until(() => beside.Token != first);

        Assert.Equal(2, _machine.Federated.Endpoint.Events.Presentations);
        Assert.NotNull(_machine.Federated.Endpoint.Grants.Find(beside.Token));
        Assert.Equal(Machine.Clock.Now + 600, beside.ExpiresAt);
        Assert.Empty(_machine.Errors);
    }

    [Fact]
    public void Of_several_only_what_is_due_is_renewed()
    {
        using Beside beside = new(_machine, "--with", "ci", "--with", "id:file", "--", "agent");
        string anthropic = beside.Token;
        string identity = File.ReadAllText(beside.Path + "/secrets/id/ID_TOKEN");
        string next = _machine.Federated.RotateToken(new LocalTokenEndpoint.TokenRequest { Lifetime = TimeSpan.FromHours(1) });

        Machine.Clock.Advance(200); // Of the identity token's 300 s.
        beside.Until(() => File.ReadAllText(beside.Path + "/secrets/id/ID_TOKEN") != identity);

        Assert.Equal(next, File.ReadAllText(beside.Path + "/secrets/id/ID_TOKEN"));
        Assert.Equal(anthropic, beside.Token);
        Assert.Equal(1, _machine.Federated.Endpoint.Events.Presentations);
    }

    [Fact]
    public void A_failure_is_reported_once_then_the_end_and_then_it_recovers()
    {
        using Beside beside = new(_machine, "--with", "ci", "--", "agent");
        string first = beside.Token;
        File.Delete(_machine.Federated.TokenPath);

        Machine.Clock.Now = beside.ExpiresAt - WhenItIsDue;
        beside.Until(() => Lines("warning[AB0402]") == 1);
        Assert.Contains("profile \"ci\" could not be renewed; it will be tried again", Machine.Error.Text, StringComparison.Ordinal);
        Assert.Equal(0, Lines("AB0709"));
        beside.Until(() => Lines("error[AB0709]") == 1, () => Machine.Clock.Advance(20));
        for (int i = 0; i < 10; i++)
        {
            Machine.Clock.Advance(60);
            beside.Look();
        }

        Assert.Equal((1, 1), (Lines("warning["), Lines("error[")));
        Assert.Equal(first, beside.Token);
        // A token is good for five minutes, and a failure that was under way puts the next attempt off.
        beside.Until(() => beside.Token != first, () => { _machine.Federated.RotateToken(); Machine.Clock.Advance(60); }, every: 400);
        Assert.True(beside.ExpiresAt > Machine.Clock.Now);
    }

    [Fact]
    public void Without_the_lock_it_works_all_the_same()
    {
        using Beside beside = new(_machine, directory => Directory.CreateDirectory(CommandDirectories.LockOf(directory) + ".tmp/x"), "--", "agent");
        beside.Until(() => Machine.Output.Text.Length > 0);

        Assert.Equal(0, beside.End());

        Assert.False(Directory.Exists(beside.Path));
    }

    private int Lines(string text) => _machine.Errors.Count(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>A companion that runs beside a command that waits for its input's end.</summary>
    private sealed class Beside : IDisposable
    {
        private readonly ExecMachine _machine;
        private readonly Process _command;
        private readonly Thread _thread;
        private int _exitCode = -1;

        public Beside(ExecMachine machine, params string[] words)
            : this(machine, static _ => { }, words)
        {
        }

        public Beside(ExecMachine machine, bool isOver, params string[] words)
            : this(machine, static _ => { }, words, isOver)
        {
        }

        public Beside(ExecMachine machine, Action<string> prepare, params string[] words)
            : this(machine, prepare, words, isOver: false)
        {
        }

        private Beside(ExecMachine machine, Action<string> prepare, string[] words, bool isOver)
        {
            _machine = machine;
            ImitatedProcess exec = new();
            Assert.Null(machine.Run(exec, words));
            string made = exec.Started!.Value.Arguments[4];
            _command = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "read -r line"]) { RedirectStandardInput = true })!;
            // As if that process had become the command.
            Path = System.IO.Path.GetDirectoryName(made) + $"/{_command.Id}" + made[made.IndexOf('-', made.LastIndexOf('/'))..];
            Directory.Move(made, Path);
            prepare(Path);
            if (isOver)
            {
                EndCommand();
            }
            string[] arguments = ["companion", "stay", $"{_command.Id}", Path, .. exec.Started!.Value.Arguments[5..]];
            _thread = new Thread(() => _exitCode = Companion.Run(arguments, machine.NewSession(), Self)) { IsBackground = true };
            _thread.Start();
        }

        public ImitatedProcess Self { get; } = new();

        /// <summary>The command's directory.</summary>
        public string Path { get; }

        private JsonElement Credentials => JsonDocument.Parse(File.ReadAllText(Directory.GetFiles(Path + "/credentials")[0])).RootElement;

        public string Token => Credentials.GetProperty("access_token").GetString()!;

        public long ExpiresAt => Credentials.GetProperty("expires_at").GetInt64();

        /// <summary>Has it look at the clock, time and again, until something has happened.</summary>
        /// <param name="condition">What is to happen.</param>
        /// <param name="meanwhile">What happens meanwhile.</param>
        /// <param name="every">And before which looks: the first, and every so many.</param>
        public void Until(Func<bool> condition, Action? meanwhile = null, int every = 1)
        {
            Stopwatch clock = Stopwatch.StartNew();
            for (int look = 0; !condition(); look++)
            {
                Assert.True(clock.Elapsed < Patience, "it did not happen; on standard error: " + _machine.Machine.Error.Text);
                if (look % every == 0)
                {
                    meanwhile?.Invoke();
                }
                Self.Watching?.Wake();
                Thread.Sleep(5);
            }
        }

        /// <summary>Has it look at the clock a few times.</summary>
        public void Look()
        {
            for (int i = 0; i < 10; i++)
            {
                Self.Watching?.Wake();
                Thread.Sleep(2);
            }
        }

        /// <summary>Ends the command, and waits for the companion.</summary>
        public int End()
        {
            EndCommand();
            return Join();
        }

        public int Join()
        {
            Assert.True(_thread.Join(Patience));
            return _exitCode;
        }

        private void EndCommand()
        {
            _command.StandardInput.Close();
            _command.WaitForExit();
        }

        public void Dispose()
        {
            if (!_command.HasExited)
            {
                EndCommand();
            }
            Assert.True(_thread.Join(Patience));
            _command.Dispose();
        }
    }
}
