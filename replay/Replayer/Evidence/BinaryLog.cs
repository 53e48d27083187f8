namespace Replay.Replayer;

/// <summary>
/// The transactions of a binary log's files by connection, read along with a pass over the workload: what lies more than some seconds back is forgotten, what lies ahead is read when
/// the pass comes near it. Not safe for several threads.
/// </summary>
internal sealed class BinaryLog : IDisposable
{
    private const long AheadMicroseconds = 3_000_000;
    private const long SecondMicroseconds = 1_000_000;
    private const long KeptMicroseconds = 10_000_000;

    private readonly Queue<BinaryLogFile> _files;
    private readonly BinaryLogTransactions _transactions = new();
    private readonly BinaryLogPoint? _point;
    private readonly Dictionary<uint, Queue<LoggedTransaction>> _byThread = [];
    private LoggedTransaction? _next;
    private long _first = long.MaxValue;
    private long _pruneAt;

    private bool _isPast; // the point's file is behind

    private BinaryLog(IEnumerable<BinaryLogFile> files, BinaryLogPoint? point)
    {
        _files = new Queue<BinaryLogFile>(files);
        _point = point?.File is null || _files.Any(f => f.Name == point.File) ? point : null;
    }

    /// <summary>Transactions read so far.</summary>
    public long Transactions { get; private set; }

    /// <summary>Of these, those that are compressed as a whole and say nothing.</summary>
    public long Compressed => _transactions.Compressed;

    /// <summary>The last transaction read so far that the point has; 0: none has been; null: there is no point, or none of the files is the one that it names.</summary>
    public long? Through { get; private set; }

    /// <summary>Opens files in the order in which they were written.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="point">A moment in them; null: none is asked for.</param>
    /// <exception cref="CommandException">One cannot be read, or is no binary log.</exception>
    public static BinaryLog Open(IEnumerable<string> paths, BinaryLogPoint? point = null)
    {
        var files = new List<BinaryLogFile>();
        try
        {
            foreach (var path in paths)
            {
                files.Add(BinaryLogFile.Open(path));
            }
        }
        catch (CommandException)
        {
            files.ForEach(f => f.Dispose());
            throw;
        }

        return new BinaryLog(files.OrderBy(f => f.CreatedAt), point); // as given where two were begun in one second
    }

    /// <summary>Reads on until this moment of the server's clock is behind.</summary>
    public void ReadThrough(long microseconds)
    {
        while (_next is { } next || TryRead(out next))
        {
            _next = next;
            if (next.FromMicroseconds > microseconds + AheadMicroseconds)
            {
                break;
            }

            _next = null;
            Transactions++;
            _first = Math.Min(_first, next.ToMicroseconds);
            if (next.Thread != 0)
            {
                if (!_byThread.TryGetValue(next.Thread, out var queue))
                {
                    _byThread.Add(next.Thread, queue = new Queue<LoggedTransaction>());
                }

                queue.Enqueue(next);
            }
        }

        if (microseconds > _pruneAt)
        {
            Prune(microseconds - KeptMicroseconds);
            _pruneAt = microseconds + KeptMicroseconds;
        }
    }

    /// <summary>Whether the log begins before a moment up to which it was read, and goes on after it: by seconds, so that the answer is no rather than wrong.</summary>
    public bool Covers(long microseconds) => _first < microseconds - SecondMicroseconds && _next is not null;

    /// <summary>What a connection has committed and nobody has claimed, as far as it was read; null if there is nothing.</summary>
    public Queue<LoggedTransaction>? Of(uint thread) => _byThread.GetValueOrDefault(thread);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    private bool TryRead(out LoggedTransaction transaction)
    {
        while (_files.TryPeek(out var file))
        {
            if (file.TryRead(_transactions, out transaction))
            {
                Mark(file, transaction.Number);
                return true;
            }

            _isPast |= file.Name == _point?.File;
            _files.Dequeue().Dispose();
        }

        transaction = default;
        return false;
    }

    private void Mark(BinaryLogFile file, long number)
    {
        if (_point is null)
        {
            return;
        }

        var has = _point.File is null
            ? _transactions.Gtid is var (server, gtid) && _point.Has(server, gtid)
            : !_isPast && (file.Name != _point.File || file.Position <= _point.Position);
        Through = has ? number : Through ?? 0;
    }

    private void Prune(long before)
    {
        foreach (var (thread, queue) in _byThread)
        {
            while (queue.TryPeek(out var oldest) && oldest.ToMicroseconds < before)
            {
                queue.Dequeue();
            }

            if (queue.Count == 0)
            {
                _byThread.Remove(thread);
            }
        }
    }
}
