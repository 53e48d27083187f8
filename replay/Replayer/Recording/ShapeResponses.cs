using System.Text.Json;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What the responses to each shape looked like, beside their rows: columns and warnings. Filled by many threads at once; bounded by shapes.</summary>
/// <remarks>
/// A run's outcomes have no room for either, and neither changes from execution to execution: so they are summed up by shape, and written as <c>responses.json</c>.
/// </remarks>
public sealed class ShapeResponses
{
    /// <summary>The document's name.</summary>
    public const string Document = "responses.json";

    /// <summary>The most different column lists of a shape that are told apart; further ones are counted only.</summary>
    public const int MaxColumnLists = 4;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private readonly Responses?[] _shapes;

    /// <summary>For <paramref name="shapes"/> shapes.</summary>
    public ShapeResponses(int shapes) => _shapes = new Responses?[shapes];

    /// <summary>Adds a response without error; shapes below zero are left out.</summary>
    public void Add(int shape, in Exchange exchange)
    {
        if ((uint)shape >= (uint)_shapes.Length)
        {
            return;
        }

        var responses = _shapes[shape] ?? Interlocked.CompareExchange(ref _shapes[shape], new Responses(), null) ?? _shapes[shape]!;
        responses.Add(in exchange);
    }

    /// <summary>The document: shapes whose responses have columns or warnings.</summary>
    public string Write(WorkloadReader workload)
    {
        ArgumentNullException.ThrowIfNull(workload);
        return JsonSerializer.Serialize(
            new
            {
                Shapes = _shapes.Select((responses, shape) => (responses, shape)).Where(one => one.responses?.HasSomething == true).Select(one => new
                {
                    Shape = workload.Shapes[one.shape].Hex,
                    one.responses!.Exchanges,
                    one.responses.Warnings,
                    one.responses.WithWarnings,
                    Columns = one.responses.ColumnLists.Select(list => new
                    {
                        list.Count,
                        List = ColumnList.Decode(list.Columns).Select(column => new { column.Name, column.Type, column.Modifier }),
                    }),
                    one.responses.OtherColumns,
                }),
            }, Json);
    }

    private sealed class Responses
    {
        private readonly Lock _lock = new();
        private readonly List<(byte[] Columns, long Count)> _lists = [];
        private byte[]? _usual; // the columns of the first response, empty if it has none
        private long _asUsual; // responses with these and without warnings: nearly all, and counted without the lock
        private long _others;

        public long Exchanges => _asUsual + _others;

        public long Warnings { get; private set; }

        public long WithWarnings { get; private set; }

        public long OtherColumns { get; private set; }

        public IReadOnlyList<(byte[] Columns, long Count)> ColumnLists
        {
            get
            {
                // A run that goes on is looked at too.
                lock (_lock)
                {
                    return Collect();
                }
            }
        }

        public bool HasSomething => Warnings > 0 || ColumnLists.Count > 0;

        public void Add(in Exchange exchange)
        {
            var usual = Volatile.Read(ref _usual) ?? Interlocked.CompareExchange(ref _usual, exchange.Columns.ToArray(), null) ?? _usual!;
            if (exchange.Warnings == 0 && exchange.Columns.SequenceEqual(usual))
            {
                Interlocked.Increment(ref _asUsual);
                return;
            }

            lock (_lock)
            {
                _others++;
                Warnings += exchange.Warnings;
                WithWarnings += exchange.Warnings > 0 ? 1 : 0;
                if (!exchange.Columns.IsEmpty)
                {
                    AddColumns(exchange.Columns);
                }
            }
        }

        private IReadOnlyList<(byte[] Columns, long Count)> Collect() =>
            _usual is not { Length: > 0 } usual || _asUsual == 0 ? [.. _lists]
            : [(usual, _asUsual + _lists.Where(list => usual.AsSpan().SequenceEqual(list.Columns)).Sum(list => list.Count)), .. _lists.Where(list => !usual.AsSpan().SequenceEqual(list.Columns))];

        private void AddColumns(ReadOnlySpan<byte> columns)
        {
            for (var i = 0; i < _lists.Count; i++)
            {
                if (columns.SequenceEqual(_lists[i].Columns))
                {
                    _lists[i] = (_lists[i].Columns, _lists[i].Count + 1);
                    return;
                }
            }

            if (_lists.Count < MaxColumnLists - 1)
            {
                _lists.Add((columns.ToArray(), 1));
            }
            else
            {
                OtherColumns++;
            }
        }
    }
}
