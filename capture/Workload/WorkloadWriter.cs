namespace Replay.Workload;

/// <summary>
/// Writes a workload folder: append-only, blocks that can be read each by itself. One thread at a time. A full disk or another I/O
/// error is a <see cref="WorkloadException"/>; what was written before stays readable.
/// </summary>
public sealed class WorkloadWriter : IDisposable
{
    private WorkloadWriter()
    {
    }

    /// <summary>Exchanges written so far.</summary>
    public long ExchangeCount { get; private set; }

    /// <summary>Bytes on disk so far, for the owner's quota.</summary>
    public long BytesWritten { get; private set; }

    /// <summary>Makes the folder (0700) and begins. Refuses a folder that has something in it, apart from <c>snapshot</c>.</summary>
    public static WorkloadWriter Create(string folder, WorkloadManifest manifest, WorkloadWriterOptions? options = null) => throw new NotSupportedException();

    /// <summary>Number of the shape with this fingerprint, which is new or known; -1 if the table is full.</summary>
    public int AddShape(Engine engine, ulong fingerprintHigh, ulong fingerprintLow, ReadOnlySpan<byte> text, string @class) => throw new NotSupportedException();

    /// <summary>Records a session, or what has changed about it: the last one counts.</summary>
    public void WriteSession(Session session) => throw new NotSupportedException();

    /// <summary>Records an exchange whose session has been written; exchanges come in order of completion. Returns its position, from 0.</summary>
    public long WriteExchange(in Exchange exchange) => throw new NotSupportedException();

    /// <summary>Records a gap.</summary>
    public void WriteGap(in Gap gap) => throw new NotSupportedException();

    /// <summary>Writes out what has waited for <see cref="WorkloadWriterOptions.FlushAfter"/>. The owner calls it from its loop, some times a second.</summary>
    public void Flush() => throw new NotSupportedException();

    /// <summary>Writes out everything now, whatever its age.</summary>
    public void FlushAll() => throw new NotSupportedException();

    /// <summary>Replaces the manifest in mid-capture, for instance when the snapshot is done.</summary>
    public void UpdateManifest(WorkloadManifest manifest) => throw new NotSupportedException();

    /// <summary>Writes out everything and the final manifest; its contents and, if it has none, its time of completion are filled in.</summary>
    public void Complete(WorkloadManifest final) => throw new NotSupportedException();

    /// <summary>Closes the files. Without <see cref="Complete"/> the workload remains one of a capture that was cut off.</summary>
    public void Dispose() => throw new NotSupportedException();
}
