namespace Replay.Workload;

/// <summary>
/// Writes a workload folder: append-only, blocks that can be read each by itself. One thread at a time. A full disk or another I/O
/// error is a <see cref="WorkloadException"/>; what was written before stays readable.
/// </summary>
public sealed class WorkloadWriter : IDisposable
{
    internal const string SnapshotName = "snapshot";

    private readonly string _folder;
    private readonly WorkloadWriterOptions _options;
    private readonly SegmentWriter _segments;
    private readonly TextTable _texts;
    private readonly ShapeTable _shapes;
    private readonly SessionBlocks _sessions = new();
    private readonly GapBlocks _gaps = new();
    private readonly ExchangeBlockEncoder _exchanges;
    private readonly ByteBuffer _payload = new();
    private readonly Guid _id;
    private long _oldestPending;

    private WorkloadWriter(string folder, WorkloadManifest manifest, WorkloadWriterOptions options)
    {
        _folder = folder;
        _options = options;
        _id = manifest.Id;
        _segments = new SegmentWriter(folder, SegmentContent.Workload, WorkloadManifest.CurrentFormatVersion, manifest.Id, options.SegmentBytes, options.CompressionLevel);
        _texts = new TextTable(options.MaxInternedTexts, options.MaxInternedBytes);
        _shapes = new ShapeTable(options.MaxShapes);
        _exchanges = new ExchangeBlockEncoder(_texts, options.MaxInternedBytes);
    }

    /// <summary>Exchanges written so far.</summary>
    public long ExchangeCount { get; private set; }

    /// <summary>Bytes in the segment files so far, for the owner's quota; what waits for a block to fill is not in it.</summary>
    public long BytesWritten => _segments.BytesWritten;

    private bool HasPending => _exchanges.Count + _sessions.PendingCount + _shapes.PendingCount + _gaps.PendingCount > 0;

    /// <summary>Makes the folder (0700) and begins. Refuses a folder that has something in it, apart from <c>snapshot</c>.</summary>
    public static WorkloadWriter Create(string folder, WorkloadManifest manifest, WorkloadWriterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(manifest);
        PrivateFiles.MakeFolder(folder, SnapshotName);
        var writer = new WorkloadWriter(folder, manifest, options ?? new WorkloadWriterOptions());
        try
        {
            writer.UpdateManifest(manifest);
            return writer;
        }
        catch (WorkloadException)
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Number of the shape with this fingerprint, which is new or known; -1 if the table is full.</summary>
    public int AddShape(Engine engine, ulong fingerprintHigh, ulong fingerprintLow, ReadOnlySpan<byte> text, string @class)
    {
        NotePending();
        return _shapes.FindOrAdd(engine, fingerprintHigh, fingerprintLow, text, @class);
    }

    /// <summary>Records a session, or what has changed about it: the last one counts.</summary>
    public void WriteSession(Session session)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Number < 1)
        {
            throw new ArgumentException("sessions are numbered from 1", nameof(session));
        }

        NotePending();
        _sessions.Add(session);
        if (_sessions.PendingCount >= SessionBlocks.MaxPending)
        {
            FlushAll();
        }
    }

    /// <summary>Records an exchange whose session has been written; exchanges come in order of completion. Returns its position, from 0.</summary>
    public long WriteExchange(in Exchange exchange)
    {
        NotePending();
        _exchanges.Add(in exchange);
        var position = ExchangeCount++;
        if (_exchanges.Count >= _options.BlockExchanges || _exchanges.Bytes >= _options.BlockBytes || _exchanges.IsFull)
        {
            FlushAll();
        }

        return position;
    }

    /// <summary>Records a gap.</summary>
    public void WriteGap(in Gap gap)
    {
        NotePending();
        _gaps.Add(in gap);
        if (_gaps.PendingCount >= GapBlocks.MaxPending)
        {
            FlushAll();
        }
    }

    /// <summary>Writes out what has waited for <see cref="WorkloadWriterOptions.FlushAfter"/>. The owner calls it from its loop, some times a second.</summary>
    public void Flush()
    {
        if (HasPending && _options.Clock.GetElapsedTime(_oldestPending) >= _options.FlushAfter)
        {
            FlushAll();
        }
    }

    /// <summary>Writes out everything now, whatever its age.</summary>
    public void FlushAll()
    {
        // Tables first: a block that refers to them is never on disk without them.
        if (_texts.PendingCount > 0)
        {
            var header = new BlockHeader { Kind = BlockKind.Texts, Count = _texts.PendingCount, First = _texts.PendingFirst };
            _payload.Clear();
            _texts.WritePending(_payload);
            _segments.Add(ref header, _payload.Written);
        }

        if (_shapes.PendingCount > 0)
        {
            _shapes.Write(_segments);
        }

        if (_sessions.PendingCount > 0)
        {
            _sessions.Write(_segments);
        }

        if (_gaps.PendingCount > 0)
        {
            _gaps.Write(_segments);
        }

        if (_exchanges.Count > 0)
        {
            var header = _exchanges.Header;
            header.First = ExchangeCount - _exchanges.Count;
            _payload.Clear();
            _exchanges.Write(_payload);
            _exchanges.Clear();
            _segments.Add(ref header, _payload.Written);
        }

        _segments.Commit();
    }

    /// <summary>Replaces the manifest in mid-capture, for instance when the snapshot is done. Its identity stays that given to <see cref="Create"/>.</summary>
    public void UpdateManifest(WorkloadManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ManifestFile.Write(
            _folder,
            ManifestFile.Workload,
            manifest with { Id = _id, FormatVersion = WorkloadManifest.CurrentFormatVersion },
            WorkloadJson.Default.WorkloadManifest);
    }

    /// <summary>Writes out everything and the final manifest; its contents and, if it has none, its time of completion are filled in.</summary>
    public void Complete(WorkloadManifest final)
    {
        ArgumentNullException.ThrowIfNull(final);
        FlushAll();
        _segments.Complete();
        UpdateManifest(final with
        {
            CompletedAt = final.CompletedAt ?? _options.Clock.GetUtcNow(),
            Contents = new WorkloadContents
            {
                Exchanges = ExchangeCount,
                Sessions = _sessions.HighestNumber,
                Shapes = _shapes.Count,
                ShapesRefused = _shapes.Refused,
                Gaps = _gaps.Count,
                InternedTexts = _texts.Count,
                Segments = _segments.Segments,
                Bytes = _segments.BytesWritten,
            },
        });
    }

    /// <summary>
    /// Closes the files. Without <see cref="Complete"/> the workload remains one of a capture that was cut off: what was not flushed is not in it.
    /// </summary>
    public void Dispose() => _segments.Dispose();

    private void NotePending()
    {
        if (!HasPending)
        {
            _oldestPending = _options.Clock.GetTimestamp();
        }
    }
}
