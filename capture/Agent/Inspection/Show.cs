using Replay.Workload;

namespace Replay.Agent.Inspection;

/// <summary>
/// Writes out sessions, exchanges and gaps in order of time. Exchanges lie in the workload in order of completion; they are put in order of their start
/// by holding back those behind which an earlier one may still come, up to <see cref="MaxHeldBytes"/>.
/// </summary>
internal sealed class Show(WorkloadReader reader, ShowFilter filter, IShowWriter writer, Stream output)
{
    /// <summary>The most bytes of lines held back. Beyond it (an exchange of hours among millions) lines come out a little early.</summary>
    public const long MaxHeldBytes = 64L << 20;

    private const int SessionRank = 0;

    // Of one moment, sessions come first: one that was joined in mid-stream begins with its first exchange.
    private readonly PriorityQueue<byte[], (long At, int Rank, long Sequence)> _held = new();
    private readonly HashSet<int> _announced = [];
    private long _heldBytes;
    private long _sequence;
    private bool _isClosed;

    /// <summary>Writes all that the filter wants.</summary>
    public void Run(CancellationToken stop)
    {
        var shapes = Shapes();
        using var sessions = Sessions().GetEnumerator();
        using var gaps = Gaps().GetEnumerator();
        var hasSession = sessions.MoveNext();
        var hasGap = gaps.MoveNext();
        var blocks = reader.Blocks;
        for (var i = 0; i <= blocks.Count && !stop.IsCancellationRequested && !_isClosed; i++)
        {
            var safe = i < blocks.Count ? blocks[i].EarliestStartFromHereMicroseconds : long.MaxValue;
            for (; hasSession && sessions.Current.OpenedAtMicroseconds < safe; hasSession = sessions.MoveNext())
            {
                Hold(sessions.Current.OpenedAtMicroseconds, writer.Session(sessions.Current), SessionRank);
            }

            for (; hasGap && gaps.Current.AtMicroseconds < safe; hasGap = gaps.MoveNext())
            {
                Hold(gaps.Current.AtMicroseconds, writer.Gap(gaps.Current));
            }

            Release(safe);
            if (i < blocks.Count && filter.MayBeIn(blocks[i]))
            {
                Block(blocks[i], shapes, stop);
            }
        }
    }

    private void Block(in BlockInfo block, bool[]? shapes, CancellationToken stop)
    {
        using var cursor = reader.Read(block.FirstPosition);
        for (var left = block.Count; left > 0 && cursor.MoveNext() && !stop.IsCancellationRequested; left--)
        {
            var exchange = cursor.Current;
            if (Wants(exchange, shapes) && reader.Sessions.Find(exchange.Session) is { } session)
            {
                if (filter.IsNarrow && _announced.Add(session.Number))
                {
                    Hold(exchange.StartedAtMicroseconds, writer.Session(session), SessionRank);
                }

                var shape = exchange.Shape >= 0 ? reader.Shapes[exchange.Shape].Hex : null;
                Hold(exchange.StartedAtMicroseconds, writer.Exchange(session.Engine, exchange, shape));
            }
        }
    }

    private bool Wants(in Exchange exchange, bool[]? shapes) =>
        (filter.Session is not { } session || session == exchange.Session)
        && filter.Wants(exchange.StartedAtMicroseconds)
        && (!filter.Errors || exchange.Failed)
        && (filter.Exchanges is not { } wanted || wanted.Contains((exchange.Session, exchange.Ordinal)))
        && (shapes is null || (exchange.Shape >= 0 && shapes[exchange.Shape]));

    private bool[]? Shapes() => filter.Shape is { } wanted
        ? [.. reader.Shapes.Select(shape => shape.Hex.StartsWith(wanted, StringComparison.OrdinalIgnoreCase))]
        : null;

    private IEnumerable<Session> Sessions()
    {
        if (filter.IsNarrow)
        {
            // the others come with their exchanges; a refused login has none
            return filter is { Errors: true, Shape: null, Exchanges: null }
                ? reader.Sessions.Where(s => s.ErrorCode is not null && (filter.Session ?? s.Number) == s.Number && filter.Wants(s.OpenedAtMicroseconds) && _announced.Add(s.Number))
                : [];
        }

        return filter.Session is { } number ? (reader.Sessions.Find(number) is { } one ? [one] : []) : reader.Sessions;
    }

    private IEnumerable<Gap> Gaps() => filter.Errors || filter.Shape is not null || filter.Exchanges is not null
        ? []
        : reader.Gaps.Where(gap => (filter.Session ?? gap.Session) == gap.Session && filter.Wants(gap.AtMicroseconds));

    private void Hold(long atMicroseconds, byte[] line, int rank = 1)
    {
        _held.Enqueue(line, (atMicroseconds, rank, _sequence++));
        _heldBytes += line.Length;
        while (_heldBytes > MaxHeldBytes)
        {
            Write(_held.Dequeue());
        }
    }

    private void Release(long beforeMicroseconds)
    {
        while (_held.TryPeek(out _, out var first) && first.At < beforeMicroseconds)
        {
            Write(_held.Dequeue());
        }
    }

    private void Write(byte[] line)
    {
        _heldBytes -= line.Length;
        if (_isClosed)
        {
            return;
        }

        try
        {
            output.Write(line);
        }
        catch (IOException)
        {
            _isClosed = true; // whoever reads it (head, less) has seen enough
        }
    }
}
