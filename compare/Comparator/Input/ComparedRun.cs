using Replay.Workload;

namespace Replay.Comparator;

/// <summary>A run that takes part.</summary>
public sealed class ComparedRun : IDisposable
{
    private readonly RunReader _reader;
    private readonly int[] _codeIds;

    private ComparedRun(RunReader reader, string label, bool isCandidate, ErrorCodeTable codes)
    {
        _reader = reader;
        Label = label;
        IsCandidate = isCandidate;
        _codeIds = reader.ErrorCodes.Select(codes.IdOf).ToArray();
    }

    /// <summary>Its place: A1, A2 ... for the baseline, B1, B2 ... for the candidate.</summary>
    public string Label { get; internal set; }

    /// <summary>Whether it belongs to the new side.</summary>
    public bool IsCandidate { get; }

    /// <summary>The folder.</summary>
    public string Folder => _reader.Folder;

    /// <summary>The folder's own name.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(_reader.Folder)));

    /// <summary>The manifest.</summary>
    public RunManifest Manifest => _reader.Manifest;

    /// <summary>Number of outcomes.</summary>
    public long Count => _reader.Count;

    /// <summary>What was cut off at the end; null if nothing was.</summary>
    public string? TornTail => _reader.TornTail;

    /// <summary>Opens a run.</summary>
    public static ComparedRun Open(string folder, string label, bool isCandidate, ErrorCodeTable codes) =>
        new(RunReader.Open(folder), label, isCandidate, codes);

    /// <summary>Outcomes from a position on.</summary>
    public void Read(long from, Span<RunOutcome> into) => _reader.Read(from, into);

    /// <summary>The common number of an error code of this run; 0 is no error.</summary>
    public int CodeId(ushort index) => index < _codeIds.Length ? _codeIds[index] : ErrorCodeTable.Other;

    /// <summary>The error text at a position; null if it was not kept.</summary>
    public RunError? FindError(long position) => _reader.FindError(position);

    /// <summary>The values kept at a position; false if there are none.</summary>
    public bool TryReadValues(long position, out RunValues values) => _reader.TryReadValues(position, out values);

    /// <summary>A document; null if the run has none of that name.</summary>
    public string? ReadDocument(string name) => _reader.ReadDocument(name);

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();
}
