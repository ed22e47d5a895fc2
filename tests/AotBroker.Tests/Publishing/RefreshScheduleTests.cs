using AotBroker.Exchange;
using AotBroker.Publishing;

namespace AotBroker.Tests;

/// <summary>A published credential is renewed well before an SDK would think of it, which is 120 s before expiry.</summary>
public sealed class RefreshScheduleTests
{
    private const long Now = TestClock.StartSeconds;

    private double _random;

    private RefreshSchedule Schedule => field ??= new RefreshSchedule(() => _random);

    [Theory]
    [InlineData(86400, 0, 180)]
    [InlineData(3600, 0, 180)]
    [InlineData(3600, 0.5, 210)]
    [InlineData(3600, 0.999, 239)]
    [InlineData(600, 0.999, 239)]
    [InlineData(300, 0, 180)]
    [InlineData(300, 0.999, 200)]
    [InlineData(180, 0, 120)]
    [InlineData(60, 0, 40)]
    [InlineData(60, 0.999, 40)]
    [InlineData(CredentialFacts.Never - Now, 0, 180)]
    public void It_is_due_with_so_many_seconds_left(long lifetime, double random, long left)
    {
        _random = random;

        Schedule.Renewed(Made.Credential(Now, lifetime));

        Assert.Equal(left, Schedule.RenewBelow);
        Assert.Equal(lifetime - left, Schedule.Until(Now));
        Assert.Equal(1, Schedule.Until(Now + lifetime - left - 1));
        Assert.Equal(0, Schedule.Until(Now + lifetime - left));
        Assert.Equal(0, Schedule.Until(Now + lifetime));
    }

    [Fact]
    public void A_fleet_that_starts_at_one_instant_does_not_renew_at_one_instant()
    {
        Random random = new(20261121);
        HashSet<long> instants = [];
        for (int i = 0; i < 500; i++)
        {
            RefreshSchedule schedule = new(random.NextDouble);
            schedule.Renewed(Made.Credential(Now, 3600));
            instants.Add(schedule.Until(Now));
        }

        Assert.InRange(instants.Count, 55, 61);
        Assert.True(instants.Max() <= 3600 - 180);
    }

    [Fact]
    public void After_each_failure_of_a_row_it_waits_longer_up_to_half_a_minute()
    {
        Schedule.Renewed(Made.Credential(Now - 3500, 3600));
        List<long> pauses = [];
        for (int i = 0; i < 100; i++)
        {
            Schedule.Failed(Now);
            pauses.Add(Schedule.Until(Now));
        }

        Assert.Equal([5, 10, 20, 30, 30], pauses[..5]);
        Assert.All(pauses[3..], pause => Assert.Equal(30, pause));

        Schedule.Renewed(Made.Credential(Now - 3500, 3600));
        Schedule.Failed(Now);
        Assert.Equal(5, Schedule.Until(Now));
    }

    [Fact]
    public void A_failed_renewal_is_tried_again_before_the_credential_is_over()
    {
        _random = 1;
        Schedule.Renewed(Made.Credential(Now, 60));
        long now = Now + Schedule.Until(Now);
        int tries = 0;
        for (; now < Now + 30; now += Math.Max(1, Schedule.Until(now)))
        {
            Schedule.Failed(now);
            tries++;
        }

        Assert.True(tries >= 2, $"{tries} tries while an SDK still takes the credential");
    }

    [Fact]
    public void Without_a_credential_it_is_due_at_once() => Assert.Equal(0, new RefreshSchedule(static () => 0).Until(Now));
}
