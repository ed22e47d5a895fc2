using System.Globalization;
using System.Text;
using AotBroker.Errors;
using AotBroker.Interop;

namespace AotBroker.Runtime;

/// <summary>
/// The instant at which the kernel ends this process where it has not come to its end by itself (invariant 6): it needs no
/// thread and no memory then, and with the process go its locks. What is bounded in itself ends before.
/// </summary>
internal sealed class LastBound
{
    /// <summary>What is written after the answer, and a standard error that is stuck, take their time; a loaded machine too.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private TimeSpan _length;
    private bool _isSet;

    /// <summary>How long the work may take that follows. Nothing is set yet: a hit pays nothing.</summary>
    public void Allow(TimeSpan length) => _length = length;

    /// <summary>Sets it, where there is one and it is not set yet: before others are asked.</summary>
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

    /// <summary>Takes it back.</summary>
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
