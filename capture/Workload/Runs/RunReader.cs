using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Replay.Workload;

/// <summary>Reads a run folder, complete or cut off. Memory does not grow with its size.</summary>
public sealed class RunReader : IDisposable
{
    private const int PagesPerRead = 64;

    private readonly SafeFileHandle _outcomes;
    private readonly string _outcomesPath;
    private readonly SegmentFolder _segments;
    private readonly RecordLookup _errors;
    private readonly RecordLookup _values;
    private readonly Dictionary<string, LocatedBlock> _documents = new(StringComparer.Ordinal);
    private readonly List<string> _errorCodes = [""];
    private readonly Lock _lock = new();

    private RunReader(string folder, RunManifest manifest, SegmentFolder segments)
    {
        Folder = folder;
        Manifest = manifest;
        _segments = segments;
        _errors = new RecordLookup(segments, BlockKind.RunErrors);
        _values = new RecordLookup(segments, BlockKind.RunValues);
        LoadTables();
        _outcomesPath = Path.Combine(folder, OutcomePages.FileName);
        (_outcomes, Count) = OpenOutcomes();
        TornTail = segments.TornTail;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The manifest.</summary>
    public RunManifest Manifest { get; }

    /// <summary>Number of outcomes: the workload's exchanges.</summary>
    public long Count { get; }

    /// <summary>The error codes by index; the first, for no error, is empty.</summary>
    public IReadOnlyList<string> ErrorCodes => _errorCodes;

    /// <summary>Errors with their texts, in the order in which they came; read from disk as they are enumerated.</summary>
    public IEnumerable<RunError> Errors => _errors.All().Select(e => ToError(e.Position, e.First, e.Second));

    /// <summary>Names of the documents.</summary>
    public IReadOnlyCollection<string> Documents => _documents.Keys;

    /// <summary>What was left out and why, in one line: the end of a file whose writer was killed, or damage found when opening; null if nothing was.</summary>
    public string? TornTail { get; }

    /// <summary>Opens a run. A <see cref="WorkloadException"/> says what is wrong with it and how to mend it.</summary>
    public static RunReader Open(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var manifest = ManifestFile.Read(folder, ManifestFile.Run, "run", RunManifest.CurrentFormatVersion, WorkloadJson.Default.RunManifest);
        var segments = SegmentFolder.Open(folder, SegmentContent.Run, RunManifest.CurrentFormatVersion, manifest.Id);
        try
        {
            return new RunReader(folder, manifest, segments);
        }
        catch (WorkloadException)
        {
            segments.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Fills <paramref name="into"/> with the outcomes from position <paramref name="from"/> on, which must all be there. Different threads
    /// may read at once. A page that fails its checksum is a <see cref="WorkloadException"/>.
    /// </summary>
    public void Read(long from, Span<RunOutcome> into)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(from + into.Length, Count, nameof(from));
        var pages = ArrayPool<byte>.Shared.Rent(PagesPerRead * OutcomePages.PageBytes);
        try
        {
            while (!into.IsEmpty)
            {
                var first = from / OutcomePages.PerPage;
                var wanted = OutcomePages.Pages(from + into.Length) - first;
                var read = ReadPages(first, pages.AsSpan(0, (int)Math.Min(wanted, PagesPerRead) * OutcomePages.PageBytes));
                for (var page = first; !read.IsEmpty && !into.IsEmpty; page++, read = read[OutcomePages.PageBytes..])
                {
                    var skip = (int)(from - (page * OutcomePages.PerPage));
                    var outcomes = MemoryMarshal.Cast<byte, RunOutcome>(read[OutcomePages.HeaderBytes..OutcomePages.PageBytes])[skip..];
                    var take = Math.Min(outcomes.Length, into.Length);
                    outcomes[..take].CopyTo(into);
                    into = into[take..];
                    from += take;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pages);
        }
    }

    /// <summary>The error code with this index.</summary>
    public string ErrorCode(ushort index) => index < _errorCodes.Count ? _errorCodes[index] : "other";

    /// <summary>The error at a position; null if there was none or its text was not kept. Cheap in about ascending order.</summary>
    public RunError? FindError(long position)
    {
        lock (_lock)
        {
            return _errors.TryFind(position, out var code, out var message) ? ToError(position, code, message) : null;
        }
    }

    /// <summary>The values kept at a position; false if there are none. Cheap in about ascending order.</summary>
    public bool TryReadValues(long position, out RunValues values)
    {
        lock (_lock)
        {
            var found = _values.TryFind(position, out var columns, out var rows);
            values = new RunValues(columns, rows);
            return found;
        }
    }

    /// <summary>A document's JSON; null if there is none of that name.</summary>
    public string? ReadDocument(string name)
    {
        if (!_documents.TryGetValue(name, out var block))
        {
            return null;
        }

        using var buffer = new BlockBuffer();
        return ReadDocument(buffer, block, nameOnly: false).Json;
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        _outcomes.Dispose();
        _segments.Dispose();
        _errors.Dispose();
        _values.Dispose();
    }

    private static RunError ToError(long position, ReadOnlyMemory<byte> code, ReadOnlyMemory<byte> message) =>
        new(position, Encoding.UTF8.GetString(code.Span), Encoding.UTF8.GetString(message.Span));

    private void LoadTables()
    {
        foreach (var (position, code, _) in new RecordLookup(_segments, BlockKind.RunErrorCodes).All())
        {
            if (position != _errorCodes.Count)
            {
                throw new WorkloadException($"{Folder} is damaged: an error code is missing; copy it anew from where it came");
            }

            _errorCodes.Add(Encoding.UTF8.GetString(code.Span));
        }

        using var buffer = new BlockBuffer();
        foreach (var block in _segments.Blocks.Where(b => b.Header.Kind == BlockKind.RunDocument))
        {
            _documents[ReadDocument(buffer, block, nameOnly: true).Name] = block;
        }
    }

    private (string Name, string Json) ReadDocument(BlockBuffer buffer, LocatedBlock block, bool nameOnly)
    {
        _segments.Load(buffer, block);
        try
        {
            var reader = new PayloadReader(buffer.Bytes, 0, buffer.Length);
            reader.ReadSigned();
            return (reader.ReadString(), nameOnly ? "" : reader.ReadString());
        }
        catch (MalformedBlockException)
        {
            throw _segments.Damaged(block);
        }
    }

    private (SafeFileHandle File, long Count) OpenOutcomes()
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(_outcomesPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var head = new byte[OutcomePages.PageBytes];
            var read = RandomAccess.Read(file, head, 0);
            if (!OutcomePages.TryReadHead(head.AsSpan(0, read), out var version, out var count, out var run))
            {
                throw new WorkloadException($"{_outcomesPath} is damaged: its first page is not that of an outcomes file; copy it anew from where it came");
            }

            if (version > RunManifest.CurrentFormatVersion)
            {
                throw new WorkloadException($"{_outcomesPath} has format {version}, this program reads up to {RunManifest.CurrentFormatVersion}: use a newer version of the program");
            }

            if (run != Manifest.Id || RandomAccess.GetLength(file) != OutcomePages.FileBytes(count))
            {
                throw new WorkloadException($"{_outcomesPath} is of another run or cut off: copy it anew from where it came");
            }

            return (file, count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw PrivateFiles.CannotRead(_outcomesPath, e);
        }
        catch (WorkloadException)
        {
            file?.Dispose();
            throw;
        }
    }

    private ReadOnlySpan<byte> ReadPages(long first, Span<byte> pages)
    {
        try
        {
            var read = RandomAccess.Read(_outcomes, pages, OutcomePages.PageOffset(first)) / OutcomePages.PageBytes;
            for (var i = 0; i < read; i++)
            {
                var page = pages.Slice(i * OutcomePages.PageBytes, OutcomePages.PageBytes);
                if (!OutcomePages.IsGood(page, first + i, sealRequired: Manifest.EndedAt is not null))
                {
                    throw new WorkloadException(
                        $"{_outcomesPath} is damaged: page {first + i:N0} (exchanges from {(first + i) * OutcomePages.PerPage:N0}) fails its checksum; copy it anew from where it came");
                }
            }

            return read > 0 ? pages[..(read * OutcomePages.PageBytes)] : throw new WorkloadException($"{_outcomesPath} was cut off while it was read: copy it anew from where it came");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PrivateFiles.CannotRead(_outcomesPath, e);
        }
    }
}

/// <summary>An error that a response carried.</summary>
/// <param name="Position">The exchange's position in the workload.</param>
/// <param name="Code">SQLSTATE or error number.</param>
/// <param name="Message">The message as sent.</param>
public sealed record RunError(long Position, string Code, string Message);

/// <summary>Values of a response.</summary>
/// <param name="Columns">The columns, as <see cref="ColumnList"/> encodes them, and behind them <see cref="Exchange.ColumnHashes"/>, 4 bytes each, little-endian.</param>
/// <param name="Values">The values, as <see cref="RowValues"/> encodes them.</param>
public readonly record struct RunValues(ReadOnlyMemory<byte> Columns, ReadOnlyMemory<byte> Values);
