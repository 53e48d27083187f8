using System.Text;

namespace Replay.Replayer;

/// <summary>Error codes as numbers: SQLSTATEs and MySQL's error numbers are at most eight ASCII characters.</summary>
public static class ErrorCodes
{
    /// <summary>The code's first eight bytes; 0 for none.</summary>
    public static ulong Pack(ReadOnlySpan<byte> code)
    {
        var packed = 0UL;
        for (var i = 0; i < code.Length && i < sizeof(ulong); i++)
        {
            packed |= (ulong)code[i] << (8 * i);
        }

        return packed;
    }

    /// <summary>The code as text; empty for none.</summary>
    public static string Unpack(ulong packed)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BitConverter.TryWriteBytes(bytes, packed);
        var end = bytes.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
