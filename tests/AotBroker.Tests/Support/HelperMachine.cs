using System.Text;
using AotBroker.Brokering;
using AotBroker.Clients;
using AotBroker.Reporting;
using Microsoft.Win32.SafeHandles;

namespace AotBroker.Tests;

/// <summary>A machine with profiles whose identity token is the credential, and clients that call the broker as their helper.</summary>
internal sealed class HelperMachine : IDisposable
{
    public HelperMachine()
    {
        Token = Made.Jwt($$$"""{"iss":"https://a.b","sub":"job","jti":"{{{Made.Name()}}}","exp":{{{TestClock.StartSeconds + 600}}}}""");
        Machine.Home.Write("token", Token);
    }

    public Machine Machine { get; } = new();

    public string Token { get; private set; }

    /// <summary>When the token is to be published as ended.</summary>
    public static long Early => TestClock.StartSeconds + 540;

    /// <summary>A profile that serves.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="serves">Its `serves`.</param>
    public string Serve(string name, string serves) =>
        Machine.WriteBrokerProfile(name, $$$"""{"identity":{"source":"file","path":"{{{Machine.Home["token"]}}}"},"exchange":{"type":"none"},"serves":{{{serves}}}}""");

    /// <summary>The platform writes another identity token.</summary>
    public string Rotate()
    {
        Token = Made.Jwt($$$"""{"iss":"https://a.b","sub":"job","jti":"{{{Made.Name()}}}","exp":{{{TestClock.StartSeconds + 600}}}}""");
        Machine.Home.Write("token", Token);
        return Token;
    }

    /// <summary>Calls the broker as a client does.</summary>
    /// <returns>The exit code, and what was written to standard output.</returns>
    public (int ExitCode, string Output) Call(string line, string input = "") => Call(line.Split(' '), Encoding.UTF8.GetBytes(input));

    public (int ExitCode, string Output) Call(string[] arguments, byte[] input)
    {
        using CapturedStream output = new();
        string path = Machine.Home.Write($"input-{Made.Name()}", input);
        using SafeFileHandle handle = File.OpenHandle(path);
        HelperCall call = Assert.IsType<HelperCall>(HelperCall.OfName(arguments));
        Session session = new(Machine.Environment, output.Stream, Machine.Reporter, call.Verbose, new StandardInput(handle.DangerousGetHandle().ToInt32()));
        int exitCode = call.Run(session);
        return (exitCode, output.Text);
    }

    public void Dispose() => Machine.Dispose();
}
