using System.Buffers;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Writes the order into a file of a run, arranged as the workload's blocks, though units come in order of their ends: bytes of a block are gathered in memory
/// and written when there are many, so that a block has one piece as a rule and memory is bounded.
/// </summary>
/// <remarks>
/// An entry: position within the block * 4 + (0 needs, 1 marks, 2 draw), count, then for each need kind and reason in a byte, session or table, ordinal or count; for
/// each mark kind, table, number; for a draw sequence, 1 if its first value is known, that value (zigzag), rows. All numbers are LEB128 varints (<see cref="VarInt"/>).
/// </remarks>
public sealed class OrderFileWriter : IOrderPassSink, IDisposable
{
    private const long MaxGatheredBytes = 16 << 20;

    private readonly FileStream _file;
    private readonly WorkloadBlocks _blocks;
    private readonly PairFile? _pairs;
    private readonly Dictionary<int, ArrayBufferWriter<byte>> _gathered = [];
    private readonly List<OrderPiece>[] _pieces;
    private readonly Stack<ArrayBufferWriter<byte>> _free = new();
    private long _bytes;

    /// <summary>Makes the file, or empties it. Pairs whose order is not certain go to <paramref name="pairs"/>, which is the caller's.</summary>
    public OrderFileWriter(string path, WorkloadBlocks blocks, PairFile? pairs = null)
    {
        _file = new FileStream(path, FileMode.Create, FileAccess.Write);
        _blocks = blocks;
        _pairs = pairs;
        _pieces = new List<OrderPiece>[blocks.Count];
    }

    /// <inheritdoc/>
    public void Read(long position, in Exchange exchange)
    {
        // Of exchanges themselves nothing is kept.
    }

    /// <inheritdoc/>
    public void Ambiguous(in AmbiguousPair pair) => _pairs?.Add(in pair);

    /// <inheritdoc/>
    public void Drew(in Drawer drawer, in SequenceDraw draw)
    {
        var to = Begin(drawer.Position, OrderEntry.Draw, 1);
        Write(to, (ulong)draw.Sequence);
        Write(to, draw.First is null ? 0UL : 1);
        Write(to, VarInt.ZigZag(draw.First ?? 0));
        Write(to, (ulong)draw.Rows);
    }

    /// <inheritdoc/>
    public void AlsoNeeds(in LateNeed late) => Write(Begin(late.Position, OrderEntry.Needs, 1), late.Need, 0);

    /// <inheritdoc/>
    public void Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> needs, ReadOnlySpan<OrderMark> marks, int tables)
    {
        if (!needs.IsEmpty)
        {
            var to = Begin(unit.FirstPosition, OrderEntry.Needs, needs.Length);
            foreach (ref readonly var need in needs)
            {
                Write(to, in need, tables);
            }
        }

        if (!marks.IsEmpty)
        {
            var to = Begin(unit.LastPosition, OrderEntry.Marks, marks.Length);
            foreach (ref readonly var mark in marks)
            {
                Write(to, (ulong)mark.Kind);
                Write(to, (ulong)(mark.Table + tables));
                Write(to, (ulong)mark.Number);
            }
        }

        if (_bytes > MaxGatheredBytes)
        {
            Flush();
        }
    }

    /// <summary>Writes what is left; the pieces of each block in order, null where there are none.</summary>
    public IReadOnlyList<IReadOnlyList<OrderPiece>?> Complete()
    {
        Flush();
        _file.Flush();
        return _pieces;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private ArrayBufferWriter<byte> Begin(long position, OrderEntry entry, int count)
    {
        var block = _blocks.Of(position);
        if (!_gathered.TryGetValue(block, out var to))
        {
            _gathered[block] = to = _free.TryPop(out var free) ? free : new ArrayBufferWriter<byte>();
        }

        Write(to, ((ulong)(position - _blocks.FirstPosition(block)) << 2) | (ulong)entry);
        Write(to, (ulong)count);
        return to;
    }

    private void Write(ArrayBufferWriter<byte> to, in OrderDependency need, int tables)
    {
        Write(to, ((ulong)need.Kind << 4) | (ulong)need.Reason);
        var isCount = need.Kind is DependencyKind.Statements or DependencyKind.Commits;
        Write(to, (ulong)(isCount ? need.Table + tables : need.Session));
        Write(to, isCount ? (ulong)need.Count : (ulong)need.Ordinal);
    }

    private void Write(ArrayBufferWriter<byte> to, ulong value)
    {
        var before = to.WrittenCount;
        VarInt.Write(to, value);
        _bytes += to.WrittenCount - before;
    }

    private void Flush()
    {
        foreach (var (block, bytes) in _gathered.OrderBy(g => g.Key))
        {
            (_pieces[block] ??= []).Add(new OrderPiece(_file.Position, bytes.WrittenCount));
            _file.Write(bytes.WrittenSpan);
            bytes.ResetWrittenCount();
            _free.Push(bytes);
        }

        _gathered.Clear();
        _bytes = 0;
    }
}

/// <summary>What an entry of the order's file holds.</summary>
internal enum OrderEntry : byte
{
    /// <summary>What a unit's first exchange waits for.</summary>
    Needs = 0,

    /// <summary>The places that its last one takes.</summary>
    Marks = 1,

    /// <summary>What an exchange drew from a sequence.</summary>
    Draw = 2,
}

/// <summary>Some bytes of the order's file.</summary>
/// <param name="Offset">Where they begin.</param>
/// <param name="Length">How many they are.</param>
public readonly record struct OrderPiece(long Offset, int Length);
