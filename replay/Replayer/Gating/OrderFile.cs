using Microsoft.Win32.SafeHandles;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Finds what order asks of an exchange, by its position; the blocks last asked for are in memory. One thread.</summary>
public sealed class OrderFile : IDisposable
{
    // The walk goes through one block, and fetches late exchanges from others.
    private const int MaxLoaded = 8;

    private readonly SafeFileHandle _file;
    private readonly WorkloadBlocks _blocks;
    private readonly IReadOnlyList<IReadOnlyList<OrderPiece>?> _pieces;
    private readonly List<(int Block, Dictionary<long, OrderNote> Notes)> _loaded = [];

    /// <summary>Opens what an <see cref="OrderFileWriter"/> has written.</summary>
    public OrderFile(string path, WorkloadBlocks blocks, IReadOnlyList<IReadOnlyList<OrderPiece>?> pieces)
    {
        _file = File.OpenHandle(path);
        _blocks = blocks;
        _pieces = pieces;
    }

    /// <summary>What order asks of the exchange at a position; null if nothing.</summary>
    public OrderNote? Find(long position)
    {
        var block = _blocks.Of(position);
        return _pieces[block] is null ? null : NotesOf(block).GetValueOrDefault(position);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private Dictionary<long, OrderNote> NotesOf(int block)
    {
        for (var i = _loaded.Count - 1; i >= 0; i--)
        {
            if (_loaded[i].Block == block)
            {
                return _loaded[i].Notes;
            }
        }

        if (_loaded.Count == MaxLoaded)
        {
            _loaded.RemoveAt(0);
        }

        var notes = Load(block);
        _loaded.Add((block, notes));
        return notes;
    }

    private Dictionary<long, OrderNote> Load(int block)
    {
        var notes = new Dictionary<long, OrderNote>();
        foreach (var piece in _pieces[block]!)
        {
            var bytes = new byte[piece.Length];
            if (RandomAccess.Read(_file, bytes, piece.Offset) != piece.Length)
            {
                throw new WorkloadException("the run's order file has become shorter than it was written");
            }

            ReadOnlySpan<byte> left = bytes;
            while (!left.IsEmpty)
            {
                ReadEntry(ref left, _blocks.FirstPosition(block), notes);
            }
        }

        return notes;
    }

    // Of one position the entries may lie apart, and some needs come later: a batch that ended long after it began, a view of which a later write told.
    private static void ReadEntry(ref ReadOnlySpan<byte> from, long firstPosition, Dictionary<long, OrderNote> notes)
    {
        var head = Read(ref from);
        var position = firstPosition + (long)(head >> 2);
        var count = (int)Read(ref from);
        var known = notes.GetValueOrDefault(position);
        notes[position] = (OrderEntry)(head & 3) switch
        {
            OrderEntry.Needs => new OrderNote([.. known?.Needs ?? [], .. ReadNeeds(ref from, count)], known?.Marks ?? [], known?.Draw),
            OrderEntry.Marks => new OrderNote(known?.Needs ?? [], ReadMarks(ref from, count), known?.Draw),
            _ => new OrderNote(known?.Needs ?? [], known?.Marks ?? [], ReadDraw(ref from)),
        };
    }

    private static SequenceDraw ReadDraw(ref ReadOnlySpan<byte> from)
    {
        var sequence = (int)Read(ref from);
        var isKnown = Read(ref from) == 1;
        var first = VarInt.UnZigZag(Read(ref from));
        return new SequenceDraw(sequence, isKnown ? first : null, (long)Read(ref from));
    }

    private static OrderDependency[] ReadNeeds(ref ReadOnlySpan<byte> from, int count)
    {
        var needs = new OrderDependency[count];
        for (var i = 0; i < count; i++)
        {
            var code = Read(ref from);
            var kind = (DependencyKind)(code >> 4);
            var isCount = kind is DependencyKind.Statements or DependencyKind.Commits;
            var of = (int)Read(ref from);
            var value = (long)Read(ref from);
            needs[i] = new OrderDependency(kind, (OrderReason)(code & 0xF), of, isCount ? 0 : (int)value, isCount ? value : 0);
        }

        return needs;
    }

    private static OrderMark[] ReadMarks(ref ReadOnlySpan<byte> from, int count)
    {
        var marks = new OrderMark[count];
        for (var i = 0; i < count; i++)
        {
            marks[i] = new OrderMark((DependencyKind)Read(ref from), (int)Read(ref from), (long)Read(ref from));
        }

        return marks;
    }

    private static ulong Read(ref ReadOnlySpan<byte> from) =>
        VarInt.TryRead(ref from, out var value) ? value : throw new WorkloadException("the run's order file is damaged");
}
