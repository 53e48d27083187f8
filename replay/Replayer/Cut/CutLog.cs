using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Which transactions that were committing at a cut the snapshot has, by where they stand in the server's binary log: what stands before one that it has, or before the position that it
/// names, is in it; what stands behind one that it has not, or behind an exact position, is not. Only of a server whose transactions become visible in the log's order.
/// </summary>
internal sealed class CutLog : IOrderPassSink
{
    private readonly SnapshotCut _cut;
    private readonly Dictionary<int, List<(long Position, LoggedPlace Place)>> _open = [];
    private readonly Dictionary<long, long> _places = []; // by a statement's position that of its transaction
    private long _through; // up to here they are inside
    private long _from = long.MaxValue; // from here on they are outside

    private CutLog(SnapshotCut cut) => _cut = cut;

    /// <summary>Whether the cut's own position could be used: it is known, and its file is there.</summary>
    public bool HasPosition { get; private set; }

    /// <summary>Reads a workload up to the cut along with the log.</summary>
    /// <param name="input">Both, with the server's tables.</param>
    /// <param name="cut">Where the cut may lie.</param>
    public static CutLog Read(OrderInput input, SnapshotCut cut)
    {
        var log = new CutLog(cut);
        var plan = OrderPass.Run(input with { UntilMicroseconds = cut.LatestMicroseconds + CutPlanner.SlackMicroseconds }, log, static _ => { }, CancellationToken.None);
        log.HasPosition = plan.LoggedThrough is not null;
        if (plan.LoggedThrough is { } through)
        {
            log._through = Math.Max(log._through, through);
            log._from = BinaryLogPoint.Parse(input.Reader.Manifest.Snapshot?.BinlogPosition) is { File: not null } ? Math.Min(log._from, through + 1) : log._from;
        }

        if (plan.BinaryLog is not { IsTrusted: true } || log._through >= log._from)
        {
            log._places.Clear(); // of another clock or server
        }

        return log;
    }

    /// <summary>Whether the snapshot has the transaction of the statement at a position; null if the log does not tell.</summary>
    public bool? IsInside(long position) => !_places.TryGetValue(position, out var place) ? null : place <= _through ? true : place >= _from ? false : null;

    /// <summary>Takes note of what something else told for certain, which tells of its neighbours too.</summary>
    public void Learn(long position, bool isInside)
    {
        if (IsInside(position) is null && _places.TryGetValue(position, out var place))
        {
            (_through, _from) = isInside ? (place, _from) : (_through, place);
        }
    }

    void IOrderPassSink.Read(long position, in Exchange exchange)
    {
        // Its unit tells.
    }

    void IOrderPassSink.Ordered(OrderUnit unit, ReadOnlySpan<OrderDependency> needs, ReadOnlySpan<OrderMark> marks, int tables)
    {
        if (unit.Rows.Logged is { } logged)
        {
            if (!_open.TryGetValue(unit.Session, out var statements))
            {
                _open[unit.Session] = statements = [];
            }

            statements.Add((unit.FirstPosition, logged));
        }

        if (unit.TransactionState is not (TransactionState.Open or TransactionState.Unknown) && _open.Remove(unit.Session, out var ended))
        {
            Close(ended, unit.RequestedAtMicroseconds, unit.EndedAtMicroseconds);
        }
    }

    void IOrderPassSink.Ambiguous(in AmbiguousPair pair)
    {
        // It does not matter who was first.
    }

    private void Close(List<(long Position, LoggedPlace Place)> statements, long requestedAtMicroseconds, long endedAtMicroseconds)
    {
        // Several transactions if they are chained.
        foreach (var (position, place) in statements.Where(static s => s.Place.Number > 0))
        {
            if (endedAtMicroseconds < _cut.EarliestMicroseconds)
            {
                _through = Math.Max(_through, place.Number);
            }
            else
            {
                _places[position] = place.Number;
            }
        }

        if (requestedAtMicroseconds > _cut.LatestMicroseconds && statements[^1].Place.Number is > 0 and var last)
        {
            _from = Math.Min(_from, last);
        }
    }
}
