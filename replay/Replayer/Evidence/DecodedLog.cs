namespace Replay.Replayer;

/// <summary>
/// The transactions of a database's files of logical decoding in order of their commits, read along with a pass over the workload: those that are still wanted, some seconds ahead of it. Not
/// safe for several threads.
/// </summary>
internal sealed class DecodedLog : IDisposable
{
    private const long AheadMicroseconds = 3_000_000;
    private const long MarginMicroseconds = 10_000; // moments of commits are taken before their places in the log
    private const int MaxXids = 1 << 18;

    private readonly Queue<DecodedFile> _files;
    private readonly DecodedFacts _facts;
    private readonly List<DecodedTransaction> _open = [];
    private readonly HashSet<uint> _xids = [];
    private readonly Queue<uint> _oldestXids = new();
    private long _wholeSince = long.MaxValue;
    private long _last; // committed so far

    private DecodedLog(IEnumerable<DecodedFile> files, DecodedFacts facts)
    {
        _files = new Queue<DecodedFile>(files);
        _facts = facts;
    }

    /// <summary>Transactions read so far that wrote rows.</summary>
    public long Transactions { get; private set; }

    /// <summary>How often a file was not as the plugin writes it.</summary>
    public long Damaged { get; private set; }

    /// <summary>Transactions that nobody has claimed, by the moments of their commits.</summary>
    public IReadOnlyList<DecodedTransaction> Open => _open;

    /// <summary>Opens a database's files.</summary>
    /// <exception cref="CommandException">One cannot be read, or is none.</exception>
    public static DecodedLog OpenFiles(IEnumerable<string> paths, DecodedFacts facts)
    {
        var files = new List<DecodedFile>();
        try
        {
            foreach (var path in paths)
            {
                files.Add(DecodedFile.Open(path));
            }
        }
        catch (CommandException)
        {
            files.ForEach(f => f.Dispose());
            throw;
        }

        return new DecodedLog(files.OrderBy(f => f.FirstCommittedAt), facts);
    }

    /// <summary>Reads on until this moment of the server's clock is behind.</summary>
    public void ReadThrough(long microseconds)
    {
        while (_last - AheadMicroseconds < microseconds && _files.TryPeek(out var file))
        {
            if (!TryRead(file))
            {
                _files.Dequeue().Dispose();
            }
        }
    }

    /// <summary>Whether all that was committed between two moments is in what was read.</summary>
    public bool Covers(long from, long to) => _wholeSince < from - MarginMicroseconds && _last > to + MarginMicroseconds;

    /// <summary>Where among <see cref="Open"/> those begin that were committed at this moment or later.</summary>
    public int IndexOf(long microseconds)
    {
        int from = 0, to = _open.Count;
        while (from < to)
        {
            var middle = (from + to) / 2;
            (from, to) = _open[middle].CommittedAt < microseconds ? (middle + 1, to) : (from, middle);
        }

        return from;
    }

    /// <summary>Somebody has claimed these, or nobody can any more.</summary>
    public void Remove(IReadOnlySet<DecodedTransaction> claimed, long before) => _open.RemoveAll(t => t.CommittedAt < before || claimed.Contains(t));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
        {
            file.Dispose();
        }
    }

    // One transaction.
    private bool TryRead(DecodedFile file)
    {
        var reader = file.Reader;
        bool isOpen = false, isKnown = false;
        while (true)
        {
            switch (reader.Read())
            {
                case DecodedItem.End:
                    return false;
                case DecodedItem.Begin:
                    isOpen = true;
                    isKnown = reader.Xid != 0 && _xids.Contains(reader.Xid); // sent again, after a connection had been lost
                    _facts.Begin();
                    break;
                case DecodedItem.Change when isOpen && !isKnown:
                    _facts.Add(reader.Change);
                    break;
                case DecodedItem.Abandon:
                    isOpen = false;
                    break;
                case DecodedItem.Damaged:
                    Damaged++;
                    isOpen = false;
                    _wholeSince = long.MaxValue;
                    _facts.Forget();
                    break;
                case DecodedItem.Commit when isOpen && reader.CommittedAt < 0:
                    throw new CommandException($"{file.Path} does not say when all of its transactions were committed: have it made with the option include-timestamp=on");
                case DecodedItem.Commit when isOpen && isKnown:
                    return true;
                case DecodedItem.Commit when isOpen:
                    Add(reader.Xid, reader.CommittedAt);
                    return true;
            }
        }
    }

    private void Add(uint xid, long committedAt)
    {
        if (xid != 0)
        {
            _xids.Add(xid);
            _oldestXids.Enqueue(xid);
            if (_xids.Count > MaxXids)
            {
                _xids.Remove(_oldestXids.Dequeue());
            }
        }

        Transactions++;
        _wholeSince = Math.Min(_wholeSince, committedAt);
        _last = Math.Max(_last, committedAt);
        _open.Insert(IndexOf(committedAt + 1), _facts.Take(Transactions, committedAt));
    }
}
