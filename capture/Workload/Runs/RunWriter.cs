namespace Replay.Workload;

/// <summary>
/// Writes a run folder: a fixed-width array of outcomes by position, written in place, and append-only segments for what has no fixed
/// width. All members but <see cref="Complete"/> and <see cref="Dispose"/> may be called by any thread.
/// </summary>
public sealed class RunWriter : IDisposable
{
    private RunWriter()
    {
    }

    /// <summary>Makes the folder (0700) and reserves the disk space of all outcomes. Refuses a folder that has something in it.</summary>
    public static RunWriter Create(string folder, RunManifest manifest, long exchangeCount) => throw new NotSupportedException();

    /// <summary>Writes the outcome of the exchange at <paramref name="position"/>, each by one thread; no allocation, no system call.</summary>
    public void Set(long position, in RunOutcome outcome) => throw new NotSupportedException();

    /// <summary>The index of an error code, for <see cref="RunOutcome.ErrorCode"/>; 65,535 stands for all codes beyond as many.</summary>
    public ushort AddErrorCode(string code) => throw new NotSupportedException();

    /// <summary>Keeps an error's text.</summary>
    public void WriteError(long position, string code, string message) => throw new NotSupportedException();

    /// <summary>Keeps values of a response: <see cref="ColumnList"/> and <see cref="RowValues"/>.</summary>
    public void WriteValues(long position, ReadOnlySpan<byte> columns, ReadOnlySpan<byte> values) => throw new NotSupportedException();

    /// <summary>Keeps a document (settings, plans, statistics) by name; a later one of the same name replaces it.</summary>
    public void WriteDocument(string name, string json) => throw new NotSupportedException();

    /// <summary>Writes out errors, values and documents that have waited for a second. Outcomes need no flush.</summary>
    public void Flush() => throw new NotSupportedException();

    /// <summary>Writes out everything, the outcomes' checksums and the final manifest; no other call may be under way.</summary>
    public void Complete(RunManifest final) => throw new NotSupportedException();

    /// <summary>Closes the files. Without <see cref="Complete"/> the run remains one that was cut off.</summary>
    public void Dispose() => throw new NotSupportedException();
}
