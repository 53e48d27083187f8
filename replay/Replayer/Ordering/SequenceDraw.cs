using System.Runtime.InteropServices;
using SequencePosition = Replay.Workload.SequencePosition;

namespace Replay.Replayer;

/// <summary>An exchange that drew.</summary>
/// <param name="Position">Its position in the workload.</param>
/// <param name="Session">Its session.</param>
/// <param name="Ordinal">Its number in its session.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Drawer(long Position, int Session, int Ordinal);

/// <summary>What an exchange drew from a sequence in production.</summary>
/// <param name="Sequence">Number of the sequence among those of all databases; see <see cref="SequencePlan"/>.</param>
/// <param name="First">The first value; null if nothing tells.</param>
/// <param name="Rows">How many values; at least 1.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SequenceDraw(int Sequence, long? First, long Rows);

/// <summary>A sequence of which draws are known.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Database">Its database.</param>
/// <param name="Sequence">The sequence.</param>
/// <param name="Highest">The largest value that is known to be drawn.</param>
/// <param name="IsExact">
/// Whether nothing but inserts of the workload draws from it, so that each may have the value that it had: what a trigger or a function draws could have any.
/// </param>
public sealed record SequencePlan(int Number, string Database, CatalogSequence Sequence, long Highest, bool IsExact);

/// <summary>What is known of a database's sequences beside the wire.</summary>
public sealed record SequenceEvidence
{
    /// <summary>Where the snapshot found them.</summary>
    public IReadOnlyList<SequencePosition> Positions { get; init; } = [];

    /// <summary>By the sequence's name, which of the values before that are in the restored data.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<long>> Restored { get; init; } = new Dictionary<string, IReadOnlySet<long>>(StringComparer.Ordinal);

    /// <summary>Whether the snapshot has what the exchange at a position did, so that it is not played.</summary>
    public Func<long, bool> IsInSnapshot { get; init; } = static _ => false;
}

/// <summary>Takes what was drawn.</summary>
public interface IDrawSink
{
    /// <summary>What an exchange drew; sequences are numbered within the database.</summary>
    void Drew(in Drawer drawer, in SequenceDraw draw);

    /// <summary>Two that overlapped and do not show their values: they may have drawn the other way round.</summary>
    void Ambiguous(in AmbiguousPair pair);
}

/// <summary>An insert whose place in its sequence is being looked for.</summary>
internal sealed class OpenDraw
{
    public required Drawer Drawer { get; init; }

    public required long RequestedAt { get; init; }

    public required long EndedAt { get; init; }

    public required long Rows { get; init; }

    /// <summary>Whether the snapshot has it, so that it is not played.</summary>
    public bool IsInSnapshot { get; init; }

    /// <summary>Whether another is named that may have drawn before it or after it.</summary>
    public bool IsNamed { get; set; }

    /// <summary>The smallest and the largest value, once they are told.</summary>
    public (long First, long Last)? Told { get; set; }
}
