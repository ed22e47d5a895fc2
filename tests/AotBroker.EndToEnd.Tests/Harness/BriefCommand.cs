using System.Buffers.Binary;
using System.Runtime.InteropServices;
using AotBroker.Tests;

namespace AotBroker.EndToEnd.Tests;

/// <summary>
/// A command that ends at once and makes a single system call for that: whatever else is traced of an `exec` is the
/// broker's. Any program of the machine loads its libraries first, with dozens of calls.
/// </summary>
internal static class BriefCommand
{
    private const int HeaderSize = 64;
    private const int SegmentSize = 56;
    private const ulong Address = 0x400000;

    /// <summary>Writes it into the sandbox, and returns its path.</summary>
    public static string Write(Sandbox sandbox)
    {
        var path = Path.Combine(sandbox.MakeDirectory("commands"), "brief");
        ExecutableFile.Write(path, Program());
        return path;
    }

    /// <summary>A static ELF file of one segment.</summary>
    private static byte[] Program()
    {
        var isArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        byte[] code = isArm
            ? [0x00, 0x00, 0x80, 0xD2, 0xC8, 0x0B, 0x80, 0xD2, 0x01, 0x00, 0x00, 0xD4] // mov x0, 0; mov x8, exit_group; svc 0
            : [0x31, 0xFF, 0xB8, 0xE7, 0x00, 0x00, 0x00, 0x0F, 0x05]; // xor edi, edi; mov eax, exit_group; syscall
        var file = new byte[HeaderSize + SegmentSize + code.Length];
        code.CopyTo(file, HeaderSize + SegmentSize);

        ReadOnlySpan<byte> identification = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1]; // 64 bits, little-endian
        identification.CopyTo(file);
        Put16(16, 2); // an executable
        Put16(18, (ushort)(isArm ? 183 : 62)); // of this processor
        Put32(20, 1);
        Put64(24, Address + HeaderSize + SegmentSize); // begins there
        Put64(32, HeaderSize); // segments
        Put16(52, HeaderSize);
        Put16(54, SegmentSize);
        Put16(56, 1);

        Put32(HeaderSize, 1); // loaded
        Put32(HeaderSize + 4, 5); // to be read and executed
        Put64(HeaderSize + 16, Address);
        Put64(HeaderSize + 24, Address);
        Put64(HeaderSize + 32, (ulong)file.Length);
        Put64(HeaderSize + 40, (ulong)file.Length);
        Put64(HeaderSize + 48, 0x1000);
        return file;

        void Put16(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
        void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        void Put64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
    }
}
