namespace Replay.Workload;

/// <summary>
/// Reads a workload folder, complete, in progress or cut off, with memory that does not grow with its size. Cursors are
/// independent of each other and may be used on different threads.
/// </summary>
public sealed class WorkloadReader : IDisposable
{
    private WorkloadReader()
    {
    }

    /// <summary>The folder.</summary>
    public string Folder => throw new NotSupportedException();

    /// <summary>The manifest.</summary>
    public WorkloadManifest Manifest => throw new NotSupportedException();

    /// <summary>The sessions.</summary>
    public SessionTable Sessions => throw new NotSupportedException();

    /// <summary>The shapes, by number.</summary>
    public IReadOnlyList<Shape> Shapes => throw new NotSupportedException();

    /// <summary>Number of exchanges that can be read.</summary>
    public long ExchangeCount => throw new NotSupportedException();

    /// <summary>The blocks of exchanges, in order of position.</summary>
    public IReadOnlyList<BlockInfo> Blocks => throw new NotSupportedException();

    /// <summary>The gaps, in the order in which they were noticed; read from disk as they are enumerated.</summary>
    public IEnumerable<Gap> Gaps => throw new NotSupportedException();

    /// <summary>What was cut off at the end and why; null if nothing was.</summary>
    public string? TornTail => throw new NotSupportedException();

    /// <summary>Where the snapshot lies, if the manifest has one.</summary>
    public string SnapshotFolder => throw new NotSupportedException();

    /// <summary>Opens a workload. A <see cref="WorkloadException"/> says what is wrong with it and how to mend it.</summary>
    public static WorkloadReader Open(string folder) => throw new NotSupportedException();

    /// <summary>A cursor before the exchange at <paramref name="fromPosition"/>.</summary>
    public ExchangeCursor Read(long fromPosition = 0) => throw new NotSupportedException();

    /// <summary>A position at or before that of the first exchange that ended at or after the time given.</summary>
    public long SeekEnded(long atMicroseconds) => throw new NotSupportedException();

    /// <summary>Closes the files.</summary>
    public void Dispose() => throw new NotSupportedException();
}
