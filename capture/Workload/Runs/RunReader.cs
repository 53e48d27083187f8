namespace Replay.Workload;

/// <summary>Reads a run folder, complete or cut off. Memory does not grow with its size.</summary>
public sealed class RunReader : IDisposable
{
    private RunReader()
    {
    }

    /// <summary>The folder.</summary>
    public string Folder => throw new NotSupportedException();

    /// <summary>The manifest.</summary>
    public RunManifest Manifest => throw new NotSupportedException();

    /// <summary>Number of outcomes: the workload's exchanges.</summary>
    public long Count => throw new NotSupportedException();

    /// <summary>The error codes by index; the first, for no error, is empty.</summary>
    public IReadOnlyList<string> ErrorCodes => throw new NotSupportedException();

    /// <summary>Errors with their texts, in the order in which they came; read from disk as they are enumerated.</summary>
    public IEnumerable<RunError> Errors => throw new NotSupportedException();

    /// <summary>Names of the documents.</summary>
    public IReadOnlyCollection<string> Documents => throw new NotSupportedException();

    /// <summary>What was cut off at the end and why; null if nothing was.</summary>
    public string? TornTail => throw new NotSupportedException();

    /// <summary>Opens a run. A <see cref="WorkloadException"/> says what is wrong with it and how to mend it.</summary>
    public static RunReader Open(string folder) => throw new NotSupportedException();

    /// <summary>
    /// Fills <paramref name="into"/> with the outcomes from position <paramref name="from"/> on, which must all be there. Different threads
    /// may read at once. A page that fails its checksum is a <see cref="WorkloadException"/>.
    /// </summary>
    public void Read(long from, Span<RunOutcome> into) => throw new NotSupportedException();

    /// <summary>The error code with this index.</summary>
    public string ErrorCode(ushort index) => throw new NotSupportedException();

    /// <summary>The error at a position; null if there was none or its text was not kept. Cheap in about ascending order.</summary>
    public RunError? FindError(long position) => throw new NotSupportedException();

    /// <summary>The values kept at a position; false if there are none. Cheap in about ascending order.</summary>
    public bool TryReadValues(long position, out RunValues values) => throw new NotSupportedException();

    /// <summary>A document's JSON; null if there is none of that name.</summary>
    public string? ReadDocument(string name) => throw new NotSupportedException();

    /// <summary>Closes the files.</summary>
    public void Dispose() => throw new NotSupportedException();
}

/// <summary>An error that a response carried.</summary>
/// <param name="Position">The exchange's position in the workload.</param>
/// <param name="Code">SQLSTATE or error number.</param>
/// <param name="Message">The message as sent.</param>
public sealed record RunError(long Position, string Code, string Message);

/// <summary>Values of a response.</summary>
/// <param name="Columns">The columns, as <see cref="ColumnList"/> encodes them.</param>
/// <param name="Values">The values, as <see cref="RowValues"/> encodes them.</param>
public readonly record struct RunValues(ReadOnlyMemory<byte> Columns, ReadOnlyMemory<byte> Values);
