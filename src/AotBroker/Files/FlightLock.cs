using AotBroker.Errors;
using AotBroker.Interop;
using AotBroker.Runtime;
using static AotBroker.Interop.Libc;

namespace AotBroker.Files;

/// <summary>
/// The lock that makes one flight of many: the leader holds it exclusively while it exchanges; followers ask for it
/// shared, so that they sleep in the kernel and all wake at once when the leader lets go or dies.
/// </summary>
/// <remarks>
/// flock(2) belongs to the open file, so the kernel releases it when the process ends, however it ends: there is no stale
/// lock. A flight's file is never renamed, and deleted only by one who holds it, days after its last use: two processes must not
/// lock two different files. Another program may remove the whole cache, however: see <see cref="IsGone"/>.
/// The kernel ends a wait at its deadline, by a timer's signal to the very thread: no other thread is left that could be
/// given the lock later.
/// </remarks>
internal sealed class FlightLock : IDisposable
{
    private readonly string _path;
    private readonly int _descriptor;
    private bool _isDone;

    private FlightLock(string path, int descriptor)
    {
        _path = path;
        _descriptor = descriptor;
    }

    /// <summary>Opens the lock file, and makes it when it is not there.</summary>
    /// <exception cref="IOException">It cannot be opened, or is not a private file of this user.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static FlightLock Open(string path)
    {
        int descriptor = OpenToLock(path);
        if (descriptor == -ErrorNoEntry)
        {
            int created = CreatePrivateFile(path);
            if (created >= 0)
            {
                Close(created);
            }
            // It exists now, whichever process made it.
            descriptor = created >= 0 || created == -ErrorExists ? OpenToLock(path) : created;
        }
        return Checked(path, descriptor);
    }

    /// <summary>Opens a file that is there, and makes none: where it means something that it is there.</summary>
    /// <exception cref="IOException">It cannot be opened, or is not a private file of this user.</exception>
    public static FlightLock OpenExisting(string path) => Checked(path, OpenToLock(path));

    private static FlightLock Checked(string path, int descriptor)
    {
        if (descriptor < 0)
        {
            throw new IOException($"{path}: {Describe(-descriptor)}");
        }
        // Another user's lock could be held for ever, to starve us.
        if (GetStatus(descriptor, out FileStatus status) != 0 || Trust.Private.OfFile(status) != Doubt.None)
        {
            Close(descriptor);
            throw new IOException($"{path} is not a private file of this user");
        }
        return new FlightLock(path, descriptor);
    }

    /// <summary>A directory as the lock of what lies in it: it needs no file there, and no right to write.</summary>
    /// <exception cref="IOException">It cannot be opened, or others could hold it too.</exception>
    public static FlightLock OfDirectory(string path)
    {
        int descriptor = TrustedDirectory.Open(path, Trust.Private, out string? reason);
        return descriptor >= 0 ? new FlightLock(path, descriptor) : throw new IOException($"{path} is not a private directory of this user: {reason}");
    }

    /// <summary>Becomes the leader if there is none.</summary>
    /// <exception cref="IOException">The file system has no locks.</exception>
    public bool TryLead() => Try(LockOperation.TryExclusive);

    private bool Try(LockOperation operation)
    {
        int error = Lock(_descriptor, operation);
        return error == 0 || (error == ErrorWouldBlock ? false : throw new IOException($"{_path}: {Describe(error)}"));
    }

    /// <summary>Whether another process holds the lock exclusively at this moment.</summary>
    public bool IsLed()
    {
        if (!Try(LockOperation.TryShared))
        {
            return true;
        }
        _ = Lock(_descriptor, LockOperation.Unlock);
        return false;
    }

    /// <summary>Whether the file was deleted: later processes open another one, so this lock excludes no one any more.</summary>
    public bool IsGone => GetStatus(_descriptor, out FileStatus status) == 0 && status.Links == 0;

    /// <summary>When the file was made, as nothing is ever written to it; in Unix seconds.</summary>
    public long ModifiedAt => GetStatus(_descriptor, out FileStatus status) == 0 ? status.ModifiedAt : long.MaxValue;

    /// <summary>Sleeps until the leader is done.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.LockTimedOut"/> at the deadline.</exception>
    public void WaitForLeader(Deadline deadline)
    {
        Wait(LockOperation.Shared, deadline);
        _ = Lock(_descriptor, LockOperation.Unlock);
    }

    /// <summary>Becomes the leader, after the current one.</summary>
    /// <exception cref="BrokerException"><see cref="ErrorCode.LockTimedOut"/> at the deadline.</exception>
    public void Lead(Deadline deadline)
    {
        if (!TryLead())
        {
            Wait(LockOperation.Exclusive, deadline);
        }
    }

    /// <summary>
    /// Whether the lock that this one holds exclusively keeps others out. It does not on a file system where flock(2) is
    /// answered with success and does nothing, or is not supported.
    /// </summary>
    public bool LocksExclude()
    {
        int other = OpenToLock(_path);
        other = other >= 0 ? other : OpenDirectory(_path);
        int error = other < 0 ? -other : Lock(other, LockOperation.TryExclusive);
        if (error == 0)
        {
            _ = Lock(other, LockOperation.Unlock);
        }
        if (other >= 0)
        {
            Close(other);
        }
        return error == ErrorWouldBlock || IsGone; // Where the file is another one by now, nothing was seen.
    }

    private void Wait(LockOperation operation, Deadline deadline)
    {
        int error = LockWithin(_descriptor, operation, deadline.Remaining);
        if (error == ErrorTimedOut)
        {
            throw new BrokerException(
                ErrorCode.LockTimedOut,
                $"another process held {_path} for longer than this one may wait ({deadline.Length.TotalSeconds:0.###} s)",
                "see which process holds it with `lsof` or `fuser`; one that is stopped (SIGSTOP) or hangs can be ended, though a token that it has sent counts as presented",
                "allow more time with `--timeout SECONDS` (of `get`, `exec` and `keep`)");
        }
        if (error != 0)
        {
            throw new BrokerException(ErrorCode.CacheUnusable, $"{_path} could not be locked: {Describe(error)}", "keep the cache on a local disk");
        }
    }

    public void Dispose()
    {
        if (!_isDone)
        {
            // Not twice: the number may be another file's by then.
            _isDone = true;
            // To close alone would keep it where something else still has the open file: a child that is just being started.
            _ = Lock(_descriptor, LockOperation.Unlock);
            Close(_descriptor);
        }
    }
}
