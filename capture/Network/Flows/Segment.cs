using System.Buffers;

namespace Replay.Network.Flows;

/// <summary>A stretch of one half that waits for its predecessors: bytes, or bytes known to be missing (then without a buffer).</summary>
internal sealed class Segment
{
    /// <summary>The object itself and its place in the pool, so that many small ones are bounded too.</summary>
    private const int OverheadBytes = 128;

    private byte[]? _buffer;

    public Segment? Previous { get; set; }

    public Segment? Next { get; set; }

    public uint Sequence { get; private set; }

    public int Length { get; private set; }

    /// <summary>What the sender had received of the other half when it sent this.</summary>
    public uint Acknowledgement { get; private set; }

    public long AtMicroseconds { get; private set; }

    /// <summary>Captured without its bytes: the snap length cut them off.</summary>
    public bool IsMissing => _buffer is null;

    public uint End => Sequence + (uint)Length;

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    /// <summary>What it costs in memory.</summary>
    public int Footprint => OverheadBytes + (_buffer?.Length ?? 0);

    public void Set(uint sequence, ReadOnlySpan<byte> bytes, int missingBytes, uint acknowledgement, long atMicroseconds)
    {
        Sequence = sequence;
        Length = bytes.Length + missingBytes;
        Acknowledgement = acknowledgement;
        AtMicroseconds = atMicroseconds;
        if (missingBytes == 0)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(bytes.Length);
            bytes.CopyTo(_buffer);
        }
    }

    public void Clear()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = null;
        }

        Previous = null;
        Next = null;
    }
}
