using System.Runtime.InteropServices;

namespace Replay.Workload;

/// <summary>
/// Writes a run folder: a fixed-width array of outcomes by position, written in place, and append-only segments for what has no fixed
/// width. All members but <see cref="Complete"/> and <see cref="Dispose"/> may be called by any thread.
/// </summary>
public sealed class RunWriter : IDisposable
{
    /// <summary>The index that stands for all error codes beyond those that fit the table.</summary>
    public const ushort OtherErrorCode = ushort.MaxValue;

    // A run's segments are mostly small.
    private const long SegmentBytes = 256L << 20;
    private const string LockName = "run.lock";
    private const int CompressionLevel = 1;
    private const int BlockBytes = 256 << 10;

    private static readonly TimeSpan FlushAfter = TimeSpan.FromMilliseconds(750);

    private readonly string _folder;
    private readonly Guid _id;
    private readonly TimeProvider _clock;
    private readonly OutcomeFile _outcomes;
    private readonly SegmentWriter _segments;
    private readonly FileStream _lockFile;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ushort> _errorCodes = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<string> _codes = [""];
    private readonly RecordBlock _pendingCodes = new(BlockKind.RunErrorCodes);
    private readonly RecordBlock _pendingErrors = new(BlockKind.RunErrors);
    private readonly RecordBlock _pendingValues = new(BlockKind.RunValues);
    private long _oldestPending;

    private RunWriter(string folder, Guid id, OutcomeFile outcomes, TimeProvider clock, FileStream owner, int segments = 0)
    {
        _folder = folder;
        _id = id;
        _outcomes = outcomes;
        _clock = clock;
        _lockFile = owner;
        _segments = new SegmentWriter(folder, SegmentContent.Run, RunManifest.CurrentFormatVersion, id, SegmentBytes, CompressionLevel, segments);
    }

    private bool HasPending => _pendingCodes.Count + _pendingErrors.Count + _pendingValues.Count > 0;

    /// <summary>Makes the folder (0700) and reserves the disk space of all outcomes. Refuses a folder that has something in it.</summary>
    public static RunWriter Create(string folder, RunManifest manifest, long exchangeCount) => Create(folder, manifest, exchangeCount, TimeProvider.System);

    internal static RunWriter Create(string folder, RunManifest manifest, long exchangeCount, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentOutOfRangeException.ThrowIfNegative(exchangeCount);
        Zstd.Require();
        PrivateFiles.MakeFolder(folder);
        var owner = TakeLock(folder);
        RunWriter? writer = null;
        try
        {
            writer = new RunWriter(folder, manifest.Id, OutcomeFile.Create(folder, manifest.Id, exchangeCount), clock, owner);
            writer.UpdateManifest(manifest);
            return writer;
        }
        catch (WorkloadException)
        {
            writer?.Dispose();
            owner.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a run that was broken off, to be written on: what is there stays, a torn end is cut off, and new errors, values and documents go to a new segment. A <see cref="WorkloadException"/> if another
    /// process writes it, or it is of another workload.
    /// </summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="manifest">What the manifest is from now on; the identity is that of the run.</param>
    /// <param name="exchangeCount">The workload's exchanges.</param>
    public static RunWriter Reopen(string folder, RunManifest manifest, long exchangeCount)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(manifest);
        Zstd.Require();
        var owner = TakeLock(folder);
        RunWriter? writer = null;
        try
        {
            // Before any page is unsealed, which is all right only in a run without an end.
            ManifestFile.Write(folder, ManifestFile.Run, manifest with { EndedAt = null, FormatVersion = RunManifest.CurrentFormatVersion }, WorkloadJson.Default.RunManifest);
            IReadOnlyList<string> codes;
            using (var reader = RunReader.Open(folder))
            {
                codes = reader.ErrorCodes;
            }

            var segments = SegmentFolder.CutTorn(folder, SegmentContent.Run, RunManifest.CurrentFormatVersion, manifest.Id);
            writer = new RunWriter(folder, manifest.Id, OutcomeFile.Reopen(folder, manifest.Id, exchangeCount), TimeProvider.System, owner, segments);
            foreach (var code in codes.Skip(1))
            {
                writer._errorCodes.TryAdd(code, (ushort)writer._codes.Count);
                writer._codes.Add(code);
            }

            return writer;
        }
        catch (WorkloadException)
        {
            writer?.Dispose();
            owner.Dispose();
            throw;
        }
    }

    /// <summary>The error code with an index; <c>other</c> for those beyond the table.</summary>
    public string ErrorCode(ushort index)
    {
        lock (_lock)
        {
            return index < _codes.Count ? _codes[index] : "other";
        }
    }

    /// <summary>Whether the run has the error code that an outcome refers to: a run that was killed may have lost the last ones.</summary>
    public bool HasErrorCode(ushort index)
    {
        lock (_lock)
        {
            return index == OtherErrorCode || index < _codes.Count;
        }
    }

    /// <summary>Replaces a file in the folder in one step, which is beside the run's format.</summary>
    public void WriteFile(string name, ReadOnlySpan<byte> content) => PrivateFiles.Replace(Path.Combine(_folder, name), content);

    /// <summary>Writes the outcome of the exchange at <paramref name="position"/>, each by one thread; no allocation, no system call.</summary>
    public void Set(long position, in RunOutcome outcome) => _outcomes.Set(position, in outcome);

    /// <summary>What was last written for a position; <c>default</c> if nothing was.</summary>
    public RunOutcome Get(long position) => _outcomes.Get(position);

    /// <summary>
    /// Says that no outcome below a position will be set again: their pages get their checksums now, which <see cref="Complete"/> has to do
    /// otherwise. By one thread at a time.
    /// </summary>
    public void Seal(long below) => _outcomes.Seal(below);

    /// <summary>The index of an error code, for <see cref="RunOutcome.ErrorCode"/>; <see cref="OtherErrorCode"/> stands for all codes beyond as many.</summary>
    public ushort AddErrorCode(string code)
    {
        ArgumentNullException.ThrowIfNull(code);
        lock (_lock)
        {
            if (_errorCodes.TryGetValue(code, out var index))
            {
                return index;
            }

            if (_codes.Count >= OtherErrorCode)
            {
                return OtherErrorCode;
            }

            NotePending();
            index = (ushort)_codes.Count;
            _codes.Add(code);
            _errorCodes.Add(code, index);
            _pendingCodes.Begin(index).WriteString(code);
            return index;
        }
    }

    /// <summary>Keeps an error's text.</summary>
    public void WriteError(long position, string code, string message)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(message);
        lock (_lock)
        {
            NotePending();
            var record = _pendingErrors.Begin(position);
            record.WriteString(code);
            record.WriteString(message);
            WriteIfFull();
        }
    }

    /// <summary>Keeps values of a response: <see cref="ColumnList"/> and <see cref="RowValues"/>, and <see cref="Exchange.ColumnHashes"/>.</summary>
    public void WriteValues(long position, ReadOnlySpan<byte> columns, ReadOnlySpan<byte> values, ReadOnlySpan<uint> columnHashes = default)
    {
        lock (_lock)
        {
            NotePending();
            var record = _pendingValues.Begin(position);
            record.WriteVarInt((ulong)(columns.Length + (columnHashes.Length * sizeof(uint))));
            record.Write(columns);
            record.Write(MemoryMarshal.AsBytes(columnHashes));
            record.WriteBlob(values);
            WriteIfFull();
        }
    }

    /// <summary>Keeps a document (settings, plans, statistics) by name; a later one of the same name replaces it.</summary>
    public void WriteDocument(string name, string json)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(json);
        lock (_lock)
        {
            var document = new RecordBlock(BlockKind.RunDocument);
            var record = document.Begin(0);
            record.WriteString(name);
            record.WriteString(json);
            document.Write(_segments);
            WriteAll();
        }
    }

    /// <summary>Writes out errors, values and codes that have waited for three quarters of a second. Outcomes need no flush.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (HasPending && _clock.GetElapsedTime(_oldestPending) >= FlushAfter)
            {
                WriteAll();
            }
        }
    }

    /// <summary>Replaces the manifest in mid-run. Its identity stays that given to <see cref="Create(string, RunManifest, long)"/>.</summary>
    public void UpdateManifest(RunManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ManifestFile.Write(_folder, ManifestFile.Run, manifest with { Id = _id, FormatVersion = RunManifest.CurrentFormatVersion }, WorkloadJson.Default.RunManifest);
    }

    /// <summary>Writes out everything, the outcomes' checksums and the final manifest; no other call may be under way.</summary>
    public void Complete(RunManifest final)
    {
        ArgumentNullException.ThrowIfNull(final);
        lock (_lock)
        {
            WriteAll();
            _segments.Complete();
            _outcomes.SealAll();
            UpdateManifest(final with { EndedAt = final.EndedAt ?? _clock.GetUtcNow() });
        }
    }

    /// <summary>Closes the files. Without <see cref="Complete"/> the run remains one that was cut off.</summary>
    public void Dispose()
    {
        _segments.Dispose();
        _outcomes.Dispose();
        _lockFile.Dispose();
    }

    // Held as long as the run is written, whoever is killed lets go of it.
    private static FileStream TakeLock(string folder)
    {
        var path = Path.Combine(folder, LockName);
        try
        {
            return new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = FileOptions.DeleteOnClose,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException e) when (File.Exists(path))
        {
            throw new WorkloadException($"{folder} is being written by another process: wait until that has ended", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PrivateFiles.CannotWrite(path, e);
        }
    }

    private void NotePending()
    {
        if (!HasPending)
        {
            _oldestPending = _clock.GetTimestamp();
        }
    }

    private void WriteIfFull()
    {
        if (_pendingErrors.Bytes + _pendingValues.Bytes >= BlockBytes)
        {
            WriteAll();
        }
    }

    private void WriteAll()
    {
        _pendingCodes.Write(_segments);
        _pendingErrors.Write(_segments);
        _pendingValues.Write(_segments);
        _segments.Commit();
    }
}
