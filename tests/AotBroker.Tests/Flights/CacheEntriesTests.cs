using System.Text;
using AotBroker.Exchange;
using AotBroker.Files;
using AotBroker.Flights;
using AotBroker.Profiles;
using AotBroker.Schemas;

namespace AotBroker.Tests;

/// <summary>A cached credential is served to its own configuration alone; whatever else is there is passed over, and told.</summary>
public sealed class CacheEntriesTests : IDisposable
{
    private readonly Machine _machine = new();
    private readonly CacheEntries _entries;
    private readonly CacheKey _key = Made.Key();
    private readonly Credential _credential = Made.Credential() with { Scope = "workspace:developer", RequestId = "req_011A" };
    private readonly List<string> _distrust = [];

    public CacheEntriesTests()
    {
        CacheDirectory directory = CacheDirectory.Of(_machine.Environment);
        directory.Prepare();
        _entries = new CacheEntries(directory, _machine.Environment);
    }

    public void Dispose() => _machine.Dispose();

    private Credential Stored(Credential credential) => credential with { Key = _key.Text };

    private string PathOfKey => _entries.PathOf(_key);

    private Credential? Read(CacheKey? key = null) => _entries.Read(key ?? _key, (path, reason) => _distrust.Add($"{path}: {reason}"));

    private void AssertDistrusted(string reason)
    {
        Assert.Null(Read());
        Assert.Contains(reason, Assert.Single(_distrust), StringComparison.Ordinal);
        Assert.StartsWith(PathOfKey, _distrust[0], StringComparison.Ordinal);
        Assert.DoesNotContain(_credential.AccessToken!.Reveal(), _distrust[0], StringComparison.Ordinal);

        // Without anybody to tell, it is passed over all the same.
        Assert.Null(_entries.Read(_key));
    }

    [Fact]
    public void What_was_written_is_read()
    {
        _entries.Write(_key, _credential);

        Assert.Equal(Stored(_credential), Read());
        Assert.Empty(_distrust);
        Assert.Equal(TemporaryDirectory.Private, File.GetUnixFileMode(PathOfKey));
    }

    [Fact]
    public void An_expired_one_is_read_too_for_the_status()
    {
        _entries.Write(_key, _credential);
        _machine.Clock.Advance(86400);

        Assert.Equal(Stored(_credential), Read());
    }

    [Fact]
    public void A_missing_one_is_nothing_to_tell()
    {
        Assert.Null(Read());
        Assert.Empty(_distrust);
    }

    [Fact]
    public void Another_key_finds_nothing()
    {
        // Invariant 3.
        _entries.Write(_key, _credential);

        Assert.Null(Read(Made.Key()));
        Assert.Empty(_distrust);
    }

    [Fact]
    public void An_entry_of_another_key_under_this_keys_name_is_foreign()
    {
        // Invariant 3: a collision, or a file that somebody put there.
        CacheKey other = Made.Key();
        _entries.Write(other, _credential);
        File.Move(_entries.PathOf(other), PathOfKey);

        AssertDistrusted("another configuration");
    }

    [Fact]
    public void An_entry_cut_anywhere_is_damaged()
    {
        _entries.Write(_key, _credential);
        byte[] whole = File.ReadAllBytes(PathOfKey);
        for (int length = 0; length < whole.Length; length++)
        {
            PrivateFile.Replace(PathOfKey, whole.AsSpan(0, length));
            _distrust.Clear();
            AssertDistrusted("damaged");
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("\0\0\0\0")]
    [InlineData("""{"version":0}""" + "{")]
    public void What_is_no_entry_is_damaged(string content)
    {
        PrivateFile.Replace(PathOfKey, Encoding.UTF8.GetBytes(content));

        AssertDistrusted("damaged");
    }

    [Fact]
    public void An_entry_of_a_newer_version_is_told_from_damage()
    {
        PrivateFile.Replace(PathOfKey, Encoding.UTF8.GetBytes("""{"version":2,"sealed":"x"}"""));

        Assert.True(_entries.IsOfNewerVersion(_key));
        AssertDistrusted("a newer version");
    }

    [Theory]
    [InlineData("a\\nb")]
    [InlineData("a b")]
    [InlineData("a\\u0000")]
    [InlineData("tok\u00e9n")]
    public void An_entry_whose_token_could_not_be_sent_in_a_header_is_damaged(string token)
    {
        _entries.Write(_key, _credential);
        string whole = File.ReadAllText(PathOfKey);
        PrivateFile.Replace(PathOfKey, Encoding.UTF8.GetBytes(whole.Replace(_credential.AccessToken!.Reveal(), token, StringComparison.Ordinal)));

        AssertDistrusted("damaged");
    }

    [Fact]
    public void An_entry_whose_token_type_would_break_a_header_is_damaged()
    {
        _entries.Write(_key, _credential);
        string whole = File.ReadAllText(PathOfKey);
        PrivateFile.Replace(PathOfKey, Encoding.UTF8.GetBytes(whole.Replace("\"expires_at\"", "\"token_type\":\"Bearer: x\",\"expires_at\"", StringComparison.Ordinal)));

        AssertDistrusted("damaged");
    }

    [Fact]
    public void Keys_and_fields_come_back_as_they_were_written()
    {
        AwsKeys keys = new() { AccessKeyId = "ASIA" + Made.Name(), SecretAccessKey = new Secret(Made.Name()), SessionToken = new Secret(Made.Name()), AccountId = "123456789012" };
        SchemaMapBuilder<Secret> fields = new();
        fields.Add("pass word", new Secret("a \"b\"\n" + Made.Name()));

        Credential aws = RoundTrip(_credential with { AccessToken = null, Aws = keys });
        Credential secret = RoundTrip(_credential with { AccessToken = null, Fields = fields.ToMap(), LeaseId = new Secret("lease/1") });

        Assert.Equal(keys, aws.Aws);
        Assert.Equal(CredentialKind.AwsKeys, aws.Kind);
        Assert.Equal(fields.ToMap(), secret.Fields);
        Assert.Equal("lease/1", secret.LeaseId!.Reveal());
        Assert.Equal(CredentialKind.Fields, secret.Kind);

        Credential RoundTrip(Credential credential)
        {
            _entries.Write(_key, credential);
            return _entries.Read(_key)!;
        }
    }

    [Fact]
    public void An_entry_that_says_no_key_is_served_to_none()
    {
        PrivateFile.Replace(PathOfKey, _credential.ToUtf8Json());

        AssertDistrusted("another configuration");
    }

    [Fact]
    public void An_entry_without_any_credential_is_damaged()
    {
        _entries.Write(_key, _credential with { AccessToken = null });

        AssertDistrusted("holds no credential");
    }

    [Fact]
    public void An_entry_with_a_changed_octet_is_never_served_under_another_key()
    {
        const int Seed = 20300107;
        _entries.Write(_key, _credential);
        byte[] whole = File.ReadAllBytes(PathOfKey);
        Random random = new(Seed);
        for (int i = 0; i < 500; i++)
        {
            byte[] changed = [.. whole];
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            PrivateFile.Replace(PathOfKey, changed);
            bool isEntry = Credential.TryRead(changed, out Credential? entry, out _);
            Assert.True(Read() is null || (isEntry && entry!.Key == _key.Text), $"seed {Seed}, round {i}");
        }
    }

    [Theory]
    [InlineData(60, true)]
    [InlineData(61, false)]
    [InlineData(86400, false)]
    public void An_entry_from_the_future_is_not_served_beyond_a_minute(long ahead, bool isServed)
    {
        _entries.Write(_key, Made.Credential(TestClock.StartSeconds + ahead));

        Assert.Equal(isServed, Read() is not null);
        Assert.Equal(isServed ? 0 : 1, _distrust.Count);
    }

    [Fact]
    public void An_entry_that_expired_before_it_was_issued_is_not_served()
    {
        _entries.Write(_key, Made.Credential(lifetime: -1));

        AssertDistrusted("times");
    }

    [Fact]
    public void An_entry_that_others_can_read_is_not_served()
    {
        // Invariant 7.
        _entries.Write(_key, _credential);
        File.SetUnixFileMode(PathOfKey, TemporaryDirectory.ReadableByOthers);

        AssertDistrusted("0644");
    }

    [Fact]
    public void A_link_to_a_good_entry_is_not_served()
    {
        _entries.Write(_key, _credential);
        File.Move(PathOfKey, PathOfKey + ".moved");
        File.CreateSymbolicLink(PathOfKey, PathOfKey + ".moved");

        AssertDistrusted("link");
    }

    [Fact]
    public void A_directory_in_its_place_is_not_served()
    {
        Directory.CreateDirectory(PathOfKey);

        AssertDistrusted("directory");
    }

    [Fact]
    public void A_fifo_in_its_place_is_not_served_and_nobody_waits()
    {
        Native.MakeFifo(PathOfKey);

        AssertDistrusted("regular file");
    }

    [Fact]
    public void An_oversized_one_is_not_served()
    {
        PrivateFile.Replace(PathOfKey, new byte[(1024 * 1024) + 1]);

        AssertDistrusted("larger");
    }

    [FactForRoot]
    public void An_entry_of_another_user_is_not_served()
    {
        _entries.Write(_key, _credential);
        Native.GiveTo(Native.Nobody, PathOfKey);

        AssertDistrusted("65534");
    }

    [Fact]
    public void The_largest_access_token_is_stored_and_read()
    {
        Credential large = _credential with { AccessToken = new Secret(new string('"', 16 * 1024)) };
        _entries.Write(_key, large);

        Assert.Equal(Stored(large), Read());
    }
}
