using AotBroker.Errors;
using AotBroker.Files;
using AotBroker.Runtime;
using AotBroker.Schemas;
using AotBroker.Settings;

namespace AotBroker.Identity;

/// <summary>
/// That no cloud's metadata service answered, remembered for every process of the machine, so that only one of them waits for
/// the silence. It is a refusal like an exchange's, in a file of its own.
/// </summary>
/// <param name="asked">What was asked, and where: the answer holds for nothing else.</param>
/// <param name="environment">Where the cache is.</param>
internal sealed class HostAbsence(KeyText asked, ProcessEnvironment environment)
{
    private const int LargestFile = 64 * 1024;

    private readonly string _text = asked.ToString();

    private string Stem => "host-metadata-" + KeyText.Fingerprint(_text);

    /// <summary>What is remembered, as the error that it was; null where the host may be asked.</summary>
    public BrokerException? Read()
    {
        FileContent file = PrivateFile.Read(PathIn(CacheDirectory.Of(environment)), LargestFile);
        if (file.Status != ReadStatus.Read || !Refusal.TryRead(file.Content, out Refusal? absence, out _) || absence.Key != _text)
        {
            return null;
        }
        long now = environment.Now;
        return absence.RefusedAt > now || absence.Until <= now ? null : new BrokerException((ErrorCode)absence.Code, absence.Message,
        [
            .. absence.Hints ?? [],
            $"this was found {Times.Ago(absence.RefusedAt, now)}, and is remembered for another {Times.Duration(absence.Until - now)}; `aotbroker clear --all` forgets it, and a profile that names its source does not depend on it",
        ]);
    }

    /// <param name="error">What to tell those who come later.</param>
    /// <param name="seconds">For how long.</param>
    public void Remember(BrokerException error, long seconds)
    {
        try
        {
            CacheDirectory directory = CacheDirectory.Of(environment);
            directory.Prepare();
            // Writers of one file take turns; the second one would write the same.
            using FlightLock gate = FlightLock.Open(directory.File(Stem + ".lock"));
            if (gate.TryLead())
            {
                PrivateFile.Replace(PathIn(directory), Model(error, seconds).ToUtf8Json());
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BrokerException)
        {
            // The cache's state is reported elsewhere; that there is no identity matters more.
        }
    }

    private string PathIn(CacheDirectory directory) => directory.File(Stem + ".refusal.json");

    private Refusal Model(BrokerException error, long seconds) => new()
    {
        Key = _text,
        RefusedAt = environment.Now,
        Until = environment.Now + seconds,
        Code = (long)error.Code,
        Message = error.Message,
        Hints = [.. error.Hints],
        ProcessId = Environment.ProcessId,
    };
}
