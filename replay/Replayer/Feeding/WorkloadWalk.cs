using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Takes exchanges in the order in which a replay needs them.</summary>
public interface IWalkReceiver
{
    /// <summary>One exchange; its spans live as long as the call.</summary>
    void OnExchange(long position, in Exchange exchange);
}

/// <summary>
/// Walks over a workload a block at a time so that, after each step, the receiver has had every exchange that started before
/// <see cref="CompleteMicroseconds"/>. Within a session late exchanges may come before their predecessors; ordinals put that right.
/// </summary>
public sealed class WorkloadWalk : IDisposable
{
    /// <summary>How far apart in the file exchanges may lie that started together, before the later one is fetched early: two seconds.</summary>
    public const long DefaultWindowMicroseconds = 2_000_000;

    private readonly WorkloadReader _reader;
    private readonly IWalkReceiver _receiver;
    private readonly long _windowMicroseconds;
    private readonly LateBlocks _late;
    private readonly ExchangeCursor _cursor;
    private int _block;

    /// <summary>A walk that begins with the first exchange.</summary>
    public WorkloadWalk(WorkloadReader reader, IWalkReceiver receiver, long windowMicroseconds = DefaultWindowMicroseconds)
    {
        _reader = reader;
        _receiver = receiver;
        _windowMicroseconds = windowMicroseconds;
        _late = new LateBlocks(reader.Blocks, windowMicroseconds);
        _cursor = reader.Read();
    }

    /// <summary>Whether all has been handed out.</summary>
    public bool IsAtEnd => _block == _reader.Blocks.Count;

    /// <summary>Every exchange that started before this moment (workload clock) has been handed out.</summary>
    public long CompleteMicroseconds { get; private set; } = long.MinValue;

    /// <summary>Exchanges read in order so far, for showing progress; late ones that were fetched early are not in it.</summary>
    public long Walked { get; private set; }

    /// <summary>Hands out the next block's exchanges, and before them the late ones of other blocks that started by its file time.</summary>
    /// <returns>False if there was nothing left.</returns>
    public bool Step()
    {
        if (IsAtEnd)
        {
            return false;
        }

        var fileTime = _late.FileTime(_block);
        while (_late.TryTake(fileTime, out var block, out var from))
        {
            FetchLate(block, from, fileTime);
        }

        for (var left = _reader.Blocks[_block].Count; left > 0 && _cursor.MoveNext(); left--)
        {
            var exchange = _cursor.Current;
            if (!_late.IsLate(_block, exchange.StartedAtMicroseconds))
            {
                _receiver.OnExchange(_cursor.Position, in exchange);
            }

            Walked++;
        }

        _block++;
        CompleteMicroseconds = IsAtEnd ? long.MaxValue : fileTime - _windowMicroseconds;
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _cursor.Dispose();

    private void FetchLate(int block, long fromMicroseconds, long horizonMicroseconds)
    {
        var next = long.MaxValue;
        using var cursor = _reader.Read(_reader.Blocks[block].FirstPosition);
        for (var left = _reader.Blocks[block].Count; left > 0 && cursor.MoveNext(); left--)
        {
            var exchange = cursor.Current;
            var started = exchange.StartedAtMicroseconds;
            if (started < fromMicroseconds || !_late.IsLate(block, started))
            {
                continue;
            }

            if (started <= horizonMicroseconds)
            {
                _receiver.OnExchange(cursor.Position, in exchange);
            }
            else
            {
                next = Math.Min(next, started);
            }
        }

        if (next != long.MaxValue)
        {
            _late.PutBack(block, next);
        }
    }
}
