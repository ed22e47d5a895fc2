using System.Globalization;
using System.Text;
using AotBroker.Errors;
using AotBroker.Interop;

namespace AotBroker.Runtime;

/// <summary>
/// The instant at which the kernel ends this process if it has not ended by then (invariant 6). That needs no
/// thread and no memory, and the process's locks go with it. Everything that has its own deadline ends earlier.
/// </summary>
internal sealed class LastBound
{
    /// <summary>Time for what is written after the answer, for a standard error that is stuck, and for a loaded machine.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private TimeSpan _length;
    private bool _isSet;

    /// <summary>How long the work that follows may take. Nothing is set yet, so a hit pays nothing.</summary>
    public void Allow(TimeSpan length) => _length = length;

    /// <summary>Sets it, if there is one and it is not set yet: before other machines or programs are asked.</summary>
    public void Begin()
    {
        if (_isSet || _length == TimeSpan.Zero)
        {
            return;
        }
        _isSet = true;
        TimeSpan length = _length + (_length / 10) + Grace;
        string words = $"""
            aotbroker: error[{ErrorCodes.NameOf(ErrorCode.LastBoundReached)}]: not done {length.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s after it began, and ended by its own last bound: something that this process waited for did not end when it should have
            aotbroker: hint: look for a disk or a network file system that does not answer, and for a machine that is overloaded; a token that was sent counts as presented

            """;
        Libc.SetBound(length, Encoding.UTF8.GetBytes(words), (int)ErrorCode.LastBoundReached / 100);
    }

    /// <summary>Cancels it.</summary>
    public void Lift()
    {
        _length = default;
        if (_isSet)
        {
            _isSet = false;
            Libc.LiftBound();
        }
    }
}
