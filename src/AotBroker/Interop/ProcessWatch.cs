using System.Runtime.InteropServices;

namespace AotBroker.Interop;

/// <summary>Sleeps until a process that is not a child has ended, the sleeper is woken, or the time is over.</summary>
/// <remarks>
/// Linux reports this by a descriptor that stands for the process (pidfd_open(2), since 5.3), so that its id may be reused by
/// then. If there is none (an older kernel, a sandbox that forbids the call, macOS), the id is checked now and then.
/// </remarks>
internal sealed class ProcessWatch : IDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(250);

    private readonly int? _process;
    private readonly int _processDescriptor = -1;
    private readonly int _readEnd;
    private readonly int _writeEnd;

    /// <param name="process">The process to watch; null for none.</param>
    /// <exception cref="IOException">The system has no descriptor left.</exception>
    public ProcessWatch(int? process)
    {
        int error = Libc.MakePipe(out _readEnd, out _writeEnd);
        if (error != 0)
        {
            throw new IOException(Libc.Describe(error));
        }
        if (process is { } id)
        {
            _processDescriptor = Libc.OpenProcess(id);
            _process = id;
        }
    }

    /// <summary>Ends the current sleep, or the next one. May be called from any thread.</summary>
    public void Wake() => _ = Libc.WriteAll(_writeEnd, [1]);

    /// <summary>Whether the process has ended.</summary>
    public bool HasEnded => _process is { } id && (_processDescriptor >= 0 ? Libc.IsReadable(_processDescriptor, TimeSpan.Zero) : Libc.HasEnded(id));

    /// <summary>Sleeps until the process has ended, <see cref="Wake"/> is called, or the time is over.</summary>
    public void Wait(TimeSpan limit)
    {
        if (_process is null || _processDescriptor >= 0)
        {
            Sleep(limit);
            return;
        }
        for (TimeSpan left = limit; left > TimeSpan.Zero && !HasEnded; left -= Glance)
        {
            if (Sleep(left < Glance ? left : Glance))
            {
                return;
            }
        }
    }

    private bool Sleep(TimeSpan limit)
    {
        bool isWoken = Libc.IsReadable(_readEnd, limit, _processDescriptor);
        if (isWoken)
        {
            Span<byte> wakes = stackalloc byte[64];
            _ = Libc.Read(_readEnd, wakes);
        }
        return isWoken;
    }

    public void Dispose()
    {
        Libc.Close(_readEnd);
        Libc.Close(_writeEnd);
        if (_processDescriptor >= 0)
        {
            Libc.Close(_processDescriptor);
        }
    }
}

internal static unsafe partial class Libc
{
    [LibraryImport(Library, EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollEntry* entries, nuint count, int milliseconds);

    /// <returns>A descriptor that becomes readable at the process's end, or a negative number.</returns>
    public static int OpenProcess(int process)
    {
        const nint OpenProcessDescriptor = 434; // The same on every processor.
        return OperatingSystem.IsLinux() ? (int)SystemCall(OpenProcessDescriptor, process, 0, 0) : -1;
    }

    /// <summary>Sleeps until a descriptor can be read (or is at its end), at most for the given time.</summary>
    /// <param name="descriptor">What the answer is about.</param>
    /// <param name="limit">At most this long.</param>
    /// <param name="other">Ends the sleep too; -1 for none.</param>
    public static bool IsReadable(int descriptor, TimeSpan limit, int other = -1)
    {
        const short Input = 1;
        PollEntry* entries = stackalloc PollEntry[2];
        entries[0] = new PollEntry { Descriptor = descriptor, Wanted = Input, Found = 0 };
        entries[1] = new PollEntry { Descriptor = other, Wanted = Input, Found = 0 };
        // An interrupted sleep is a short one: the caller looks at the clock.
        int ready = Poll(entries, other < 0 ? 1u : 2u, (int)Math.Min(Math.Ceiling(limit.TotalMilliseconds), int.MaxValue));
        return ready > 0 && entries[0].Found != 0;
    }

    /// <summary>Waits until a descriptor accepts a line, at most for the given time. A closed or broken one fails when it is written.</summary>
    public static bool IsWritable(int descriptor, TimeSpan limit)
    {
        const short Output = 4;
        PollEntry entry = new() { Descriptor = descriptor, Wanted = Output, Found = 0 };
        return Poll(&entry, 1, (int)limit.TotalMilliseconds) != 0;
    }

    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
