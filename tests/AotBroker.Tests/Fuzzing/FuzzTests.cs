using System.Diagnostics;
using System.Globalization;
using System.Text;
using AotBroker.Errors;

namespace AotBroker.Tests.Fuzzing;

/// <summary>
/// Whatever is read, in whatever state: a value or a <see cref="BrokerException"/>, within a bounded time, at a cost that
/// is bounded by the input's size; and no secret in a message. AOTBROKER_FUZZ_SEED chooses other inputs,
/// AOTBROKER_FUZZ_ROUNDS how many for each target; a failure tells its seed and its input.
/// </summary>
public sealed class FuzzTests
{
    private const int CostOfAnOctet = 2000;

    /// <summary>Far more than any input takes on any machine, so that only what hangs is found.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly int Seed = Number("AOTBROKER_FUZZ_SEED", 20260715);
    private static readonly int Rounds = Number("AOTBROKER_FUZZ_ROUNDS", 2500);

    public static TheoryData<string> Targets => [.. Types().Select(static type => type.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Nothing_that_is_read_breaks_a_promise(string name)
    {
        using FuzzTarget target = (FuzzTarget)Activator.CreateInstance(Types().Single(type => type.Name == name))!;
        List<byte[]> corpus = [.. target.Seeds];
        int given = corpus.Count;
        HashSet<string> fates = [];
        foreach (byte[] seed in corpus)
        {
            fates.Add(Run(target, seed));
        }

        Mutator mutator = new(new Random(Seed), [.. target.AllWords]);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = mutator.Next(corpus);
            if (fates.Add(Run(target, input)) && corpus.Count < given + 500 && input.Length < 16 * 1024)
            {
                corpus.Add(input);
            }
        }

        // Else the inputs were all refused for one reason, and nothing was tried.
        Assert.True(fates.Count > 2, $"only {string.Join(" | ", fates)}");
    }

    private static string Run(FuzzTarget target, byte[] input)
    {
        string? fate = null;
        Exception? failure = null;
        long cost = 0;
        Thread worker = new(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                fate = target.Run(input);
            }
            catch (BrokerException error)
            {
                cost = GC.GetAllocatedBytesForCurrentThread() - before;
                failure = Record.Exception(() => fate = FuzzTarget.Fate(error));
            }
            catch (Exception error)
            {
                failure = error;
            }
            cost = cost == 0 ? GC.GetAllocatedBytesForCurrentThread() - before : cost;
        });
        worker.Start();
        bool isDone = worker.Join(Patience);
        if (!isDone || failure is not null || cost > target.FixedCost + ((long)CostOfAnOctet * input.Length))
        {
            string what = !isDone ? $"it did not end within {Patience}" : failure?.ToString() ?? $"it cost {cost} octets";
            Assert.Fail($"{target.GetType().Name}: {what}\nAOTBROKER_FUZZ_SEED={Seed}, input {Convert.ToHexString(input)}\n{Redaction.Printable(Encoding.UTF8.GetString(input))}");
        }
        return fate!;
    }

    private static IEnumerable<Type> Types() =>
        typeof(FuzzTarget).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(FuzzTarget)) && !type.IsAbstract).OrderBy(static type => type.Name, StringComparer.Ordinal);

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
