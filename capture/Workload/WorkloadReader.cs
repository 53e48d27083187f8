namespace Replay.Workload;

/// <summary>
/// Reads a workload folder, complete, in progress or cut off, with memory that does not grow with its size. Cursors are
/// independent of each other and may be used on different threads.
/// </summary>
public sealed class WorkloadReader : IDisposable
{
    private readonly SegmentFolder _segments;
    private readonly TextStore _texts = new();
    private readonly List<Shape> _shapes = [];
    private readonly List<LocatedBlock> _exchanges;
    private readonly BlockInfo[] _blocks;

    private WorkloadReader(string folder, WorkloadManifest manifest, SegmentFolder segments)
    {
        Folder = folder;
        Manifest = manifest;
        _segments = segments;
        _exchanges = [.. segments.Blocks.Where(b => b.Header is { Kind: BlockKind.Exchanges, Count: > 0 })];
        _blocks = Describe(_exchanges);
        LoadTables();
        Sessions = new SessionTable(segments, segments.Blocks.Where(b => b.Header.Kind == BlockKind.Sessions));
        TornTail = segments.TornTail ?? Missing();
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The manifest.</summary>
    public WorkloadManifest Manifest { get; }

    /// <summary>The sessions.</summary>
    public SessionTable Sessions { get; }

    /// <summary>The shapes, by number.</summary>
    public IReadOnlyList<Shape> Shapes => _shapes;

    /// <summary>Number of exchanges that can be read.</summary>
    public long ExchangeCount => _blocks.Length == 0 ? 0 : _blocks[^1].FirstPosition + _blocks[^1].Count;

    /// <summary>The blocks of exchanges, in order of position.</summary>
    public IReadOnlyList<BlockInfo> Blocks => _blocks;

    /// <summary>The gaps, in the order in which they were noticed; read from disk as they are enumerated.</summary>
    public IEnumerable<Gap> Gaps
    {
        get
        {
            using var buffer = new BlockBuffer();
            foreach (var block in _segments.Blocks.Where(b => b.Header.Kind == BlockKind.Gaps))
            {
                foreach (var gap in ReadGaps(buffer, block))
                {
                    yield return gap;
                }
            }
        }
    }

    /// <summary>What was left out and why, in one line: the end of a file whose writer was killed, or damage found when opening; null if nothing was.</summary>
    public string? TornTail { get; }

    /// <summary>Where the snapshot lies, if the manifest has one.</summary>
    public string SnapshotFolder => Path.Combine(Folder, WorkloadWriter.SnapshotName);

    /// <summary>Opens a workload. A <see cref="WorkloadException"/> says what is wrong with it and how to mend it.</summary>
    public static WorkloadReader Open(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var manifest = ManifestFile.Read(folder, ManifestFile.Workload, "workload", WorkloadManifest.CurrentFormatVersion, WorkloadJson.Default.WorkloadManifest);
        var segments = SegmentFolder.Open(folder, SegmentContent.Workload, WorkloadManifest.CurrentFormatVersion, manifest.Id);
        try
        {
            return new WorkloadReader(folder, manifest, segments);
        }
        catch (WorkloadException)
        {
            segments.Dispose();
            throw;
        }
    }

    /// <summary>A cursor before the exchange at <paramref name="fromPosition"/>; <paramref name="parts"/> says what its exchanges have to hold.</summary>
    public ExchangeCursor Read(long fromPosition = 0, ExchangeParts parts = ExchangeParts.All)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromPosition);
        return new ExchangeCursor(_segments, _exchanges, _texts, parts, FirstBlock(b => b.FirstPosition + b.Count > fromPosition), fromPosition);
    }

    /// <summary>A position at or before that of the first exchange that ended at or after the time given.</summary>
    public long SeekEnded(long atMicroseconds)
    {
        // Exchanges come in order of completion, apart from the sources that merge several clocks; so this is no binary search.
        var block = Array.FindIndex(_blocks, b => b.MaxEndedAtMicroseconds >= atMicroseconds);
        return block < 0 ? ExchangeCount : _blocks[block].FirstPosition;
    }

    /// <summary>Closes the files.</summary>
    public void Dispose() => _segments.Dispose();

    private static BlockInfo[] Describe(List<LocatedBlock> blocks)
    {
        var infos = new BlockInfo[blocks.Count];
        var earliest = long.MaxValue;
        for (var i = infos.Length - 1; i >= 0; i--)
        {
            var header = blocks[i].Header;
            earliest = Math.Min(earliest, header.Low);
            infos[i] = new BlockInfo(
                blocks[i].Segment, blocks[i].Offset, header.First, header.Count, header.Low, header.High, header.MinSession, header.MaxSession, header.SessionBits, earliest);
        }

        return infos;
    }

    // The first block for which it is true, where it is true for all blocks after it; their number if there is none.
    private int FirstBlock(Predicate<BlockInfo> predicate)
    {
        var low = 0;
        var high = _blocks.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (predicate(_blocks[middle]))
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        return low;
    }

    private void LoadTables()
    {
        using var buffer = new BlockBuffer();
        foreach (var block in _segments.Blocks)
        {
            if (block.Header.Kind is not (BlockKind.Texts or BlockKind.Shapes))
            {
                continue;
            }

            _segments.Load(buffer, block);
            try
            {
                if (block.Header.Kind == BlockKind.Texts)
                {
                    _texts.Load(buffer, block.Header);
                }
                else
                {
                    ShapeTable.Read(buffer, block.Header, _shapes);
                }
            }
            catch (MalformedBlockException)
            {
                throw _segments.Damaged(block);
            }
        }
    }

    private List<Gap> ReadGaps(BlockBuffer buffer, LocatedBlock block)
    {
        _segments.Load(buffer, block);
        try
        {
            return GapBlocks.Read(buffer, block.Header);
        }
        catch (MalformedBlockException)
        {
            throw _segments.Damaged(block);
        }
    }

    private string? Missing() => Manifest.CompletedAt is not null && Manifest.Contents.Exchanges != ExchangeCount
        ? $"the manifest speaks of {Manifest.Contents.Exchanges:N0} exchanges, the segments hold {ExchangeCount:N0}: copy the segments anew from where they came"
        : null;
}
