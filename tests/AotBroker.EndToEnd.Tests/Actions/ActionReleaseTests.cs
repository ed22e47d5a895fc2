using System.Security.Cryptography;

namespace AotBroker.EndToEnd.Tests;

/// <summary>Where the action gets the program: a release, verified, and kept for the next job.</summary>
[Collection(ReleaseFolder.Collection)]
public sealed class ActionReleaseTests(ReleaseFolder release) : ActionTest
{
    private string Archive => Path.Combine(release.Path, release.Name + ".tar.gz");

    private string Kept(Job job) => Path.Combine(job.ToolCache, "aotbroker", release.Version, "linux-x64", release.Name + ".tar.gz");

    private Job NewReleaseJob(string name, string place)
    {
        var job = NewJob(name);
        job.With.Remove("binary");
        job.With["release-url"] = place;
        return job;
    }

    [Fact]
    public async Task The_release_of_this_version_is_verified_used_and_kept_for_the_next_job()
    {
        var first = NewReleaseJob("first", release.Path);
        var result = (await first.Uses().Runs("aotbroker version").RunAsync()).Succeeded();
        Assert.Contains(release.Version, Assert.Single(result.Step("aotbroker version").Log), StringComparison.Ordinal);
        Assert.Equal(await File.ReadAllBytesAsync(Archive), await File.ReadAllBytesAsync(Kept(first)));

        // Where releases are is not asked again.
        var second = NewReleaseJob("second", "/nowhere");

        (await second.Uses().RunAsync()).Succeeded();
        AssertNothingIsLeft(second);
    }

    [Fact]
    public async Task A_checksum_that_was_given_is_what_counts()
    {
        var job = NewReleaseJob("job", release.Path);
        job.With["sha256"] = new string('0', 64) + "\n" + Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(Archive)));

        (await job.Uses().RunAsync()).Succeeded();

        job = NewReleaseJob("other", release.Path);
        job.With["sha256"] = new string('0', 64);
        var result = await job.Uses().RunAsync();

        Assert.False(result.IsGood);
        Assert.Contains("does not match sha256", Assert.Single(result.Action.Annotations), StringComparison.Ordinal);
        AssertNothingIsLeft(job);
    }

    [Fact]
    public async Task An_archive_that_was_changed_is_not_run()
    {
        var place = Sandbox.MakeDirectory("release");
        File.Copy(Path.Combine(release.Path, "SHA256SUMS"), Path.Combine(place, "SHA256SUMS"));
        var content = await File.ReadAllBytesAsync(Archive);
        content[^20] ^= 1;
        await File.WriteAllBytesAsync(Path.Combine(place, release.Name + ".tar.gz"), content);
        var job = NewReleaseJob("job", place);

        var result = await job.Uses().RunAsync();

        Assert.Contains("does not match SHA256SUMS", Assert.Single(result.Action.Annotations), StringComparison.Ordinal);
        Assert.False(File.Exists(Kept(job)));
        AssertNothingIsLeft(job);
    }

    [Fact]
    public async Task What_another_job_did_to_the_kept_archive_is_seen()
    {
        var job = NewReleaseJob("job", release.Path);
        Directory.CreateDirectory(Path.GetDirectoryName(Kept(job))!);
        await File.WriteAllTextAsync(Kept(job), "mine");

        (await job.Uses().RunAsync()).Succeeded();

        Assert.Equal(await File.ReadAllBytesAsync(Archive), await File.ReadAllBytesAsync(Kept(job)));
    }

    [Theory]
    [InlineData("http://127.0.0.1/releases", "must begin with https://")]
    [InlineData("", "set release-url or binary")]
    public async Task A_place_that_will_not_do_is_told(string place, string expected)
    {
        var job = NewReleaseJob("job", place);

        Assert.Contains(expected, Assert.Single((await job.Uses().RunAsync()).Action.Annotations), StringComparison.Ordinal);
    }
}
