using System.Text;
using AotBroker.Reporting;
using Microsoft.Win32.SafeHandles;

namespace AotBroker.Tests;

/// <summary>A real descriptor in the place of standard output or standard error, and what was written to it.</summary>
internal sealed class CapturedStream : IDisposable
{
    private readonly string _path = Path.GetTempFileName();
    private readonly SafeFileHandle _handle;

    public CapturedStream()
    {
        _handle = File.OpenHandle(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        Stream = new StandardStream(_handle.DangerousGetHandle().ToInt32());
    }

    public StandardStream Stream { get; }

    public byte[] Octets
    {
        get
        {
            byte[] octets = new byte[RandomAccess.GetLength(_handle)];
            int length = RandomAccess.Read(_handle, octets, 0);
            return octets[..length];
        }
    }

    public string Text => Encoding.UTF8.GetString(Octets);

    /// <summary>Without the last line's end.</summary>
    public string[] Lines => Text.Length == 0 ? [] : Text.TrimEnd('\n').Split('\n');

    public void Dispose()
    {
        _handle.Dispose();
        File.Delete(_path);
    }
}
