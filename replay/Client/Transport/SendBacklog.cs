using Replay.Protocol.Buffers;

namespace Replay.Client.Transport;

/// <summary>
/// What could not be sent at once: gathered in one buffer while the other is being written. The bound is the caller's
/// (<see cref="TargetConnection.UnsentBytes"/>), since sending must not block.
/// </summary>
internal sealed class SendBacklog
{
    private readonly Lock _gate = new();
    private ByteStore _gathering = new();
    private ByteStore _sending = new();
    private bool _busy;

    public long Length
    {
        get
        {
            lock (_gate)
            {
                return _gathering.Length + _sending.Length;
            }
        }
    }

    /// <summary>Takes the bytes if a writer is at work (it will write them too); false if the caller may write itself.</summary>
    public bool TryQueueBehindWriter(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_busy)
            {
                _gathering.Append(bytes);
            }

            return _busy;
        }
    }

    /// <summary>Takes the bytes and makes the caller the writer.</summary>
    public void BecomeWriter(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            _busy = true;
            _gathering.Append(bytes);
        }
    }

    /// <summary>The writer's next piece; empty when all is written: the caller is no longer the writer.</summary>
    public ReadOnlyMemory<byte> NextPiece()
    {
        lock (_gate)
        {
            _sending.Clear();
            if (_gathering.Length == 0)
            {
                _busy = false;
                return default;
            }

            (_gathering, _sending) = (_sending, _gathering);
            return _sending.WrittenMemory;
        }
    }
}
