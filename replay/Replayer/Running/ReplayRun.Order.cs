using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>Order between sessions: found before the run, kept during it, told after it.</content>
public sealed partial class ReplayRun
{
    private static readonly TimeSpan BreakEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan BreakAgain = TimeSpan.FromMilliseconds(10);

    private OrderInput? _orderInput;
    private OrderPlan? _orderPlan;
    private CauseFinder? _causes;
    private OrderGate? _gate;
    private StallBreaker? _breaker;

    private string OrderPath => Path.Combine(_options.Out, "order.data");

    private static OrderLevel? LevelOf(OrderMode mode) => mode switch
    {
        OrderMode.Key => OrderLevel.Key,
        OrderMode.Table => OrderLevel.Table,
        OrderMode.Commit => OrderLevel.Commit,
        _ => null,
    };

    private async Task<OrderFile?> FindOrderAsync(CancellationToken interrupted)
    {
        try
        {
            return LevelOf(_options.Order) is { } level ? await FindOrderAsync(level, interrupted) : null;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return null; // and nothing is sent any more
        }
    }

    private async Task<OrderFile> FindOrderAsync(OrderLevel level, CancellationToken interrupted)
    {
        var catalogs = await ReadCatalogsAsync(interrupted);
        foreach (var (database, catalog) in catalogs)
        {
            _writer.WriteDocument(CatalogReader.DocumentName(database), catalog.ToJson());
        }

        _progress.Say("finding the order between sessions");
        _orderInput = new OrderInput
        {
            Reader = _reader,
            Engine = _options.Target.Engine,
            Catalogs = catalogs,
            DefaultDatabase = _options.Target.Database ?? "",
            Level = level,
            Restored = await ReadRestoredAsync(catalogs, interrupted),
            IsInSnapshot = position => _cut.Reason(position) == RunReason.InSnapshot,
            BinaryLog = _options.BinaryLog,
            LogicalDecoding = LogicalDecodingFiles.ByDatabase(_options, _reader),
            IsPlayed = session => _planner.SessionReason(session) == RunReason.None,
        };
        using var pairs = PairFile.Create(Path.Combine(_options.Out, PairFile.Name));
        using var writer = new OrderFileWriter(OrderPath, new WorkloadBlocks(_reader.Blocks), pairs);
        _orderPlan = await PassAsync(writer, "ordered", interrupted);
        if (_orderPlan.BinaryLog is { IsTrusted: false } log)
        {
            _recorder.Warn($"the binary log is no evidence: {log.Lost} of its transactions are of captured connections, but of moments at which those committed nothing, {log.Missing} that must be there are not, {log.Joined} were found. Is it of another time, its server's clock another than the capture's, or does it leave out some databases?");
        }
        else if (_orderPlan.BinaryLog is { Joined: 0 })
        {
            _recorder.Warn("the binary log is no evidence: none of its transactions is of a captured connection");
        }

        foreach (var (database, decoded) in _orderPlan.LogicalDecoding ?? new Dictionary<string, LogicalDecodingCounts>())
        {
            if (!decoded.IsTrusted)
            {
                _recorder.Warn($"logical decoding of {database} is no evidence: {decoded.Missing} transactions that must be in it are not, {decoded.Joined} were found. Is it of another time or database, or its server's clock another than the capture's?");
            }
            else if (decoded.Joined == 0)
            {
                _recorder.Warn($"logical decoding of {database} is no evidence: none of its {decoded.Transactions} transactions is one of the workload's for certain");
            }
        }

        return new OrderFile(OrderPath, new WorkloadBlocks(_reader.Blocks), writer.Complete());
    }

    private async Task<IReadOnlyDictionary<(string Database, string Sequence), IReadOnlySet<long>>> ReadRestoredAsync(IReadOnlyDictionary<string, OrderCatalog> catalogs, CancellationToken interrupted)
    {
        if (_reader.Manifest.Snapshot is { } snapshot && _options.Target.Engine == Engine.PostgreSql)
        {
            try
            {
                return await RestoredIds.ReadAsync(_options.Target, snapshot, catalogs, interrupted);
            }
            catch (CommandException e)
            {
                _recorder.Warn($"which ids the restored data has could not be read, so inserts about the cut may draw others than in production: {e.Message}");
            }
        }

        return new Dictionary<(string Database, string Sequence), IReadOnlySet<long>>();
    }

    private async Task<OrderPlan> PassAsync(IOrderPassSink sink, string what, CancellationToken interrupted)
    {
        var total = Math.Max(1, _reader.ExchangeCount);
        var plan = await Task.Run(
            () => OrderPass.Run(_orderInput!, sink, walked => _progress.Show((double)walked / total, () => $"{walked} exchanges {what}"), interrupted), CancellationToken.None);
        _progress.Clear();
        return plan;
    }

    // Divergences that follow from others are marked as such.
    private async Task FindCausesAsync(RunEnd end, CancellationToken interrupted)
    {
        var counts = _recorder.Counts;
        if (_orderInput is null || end != RunEnd.Complete || counts.NewErrors + counts.GoneErrors + counts.CountDifferences + counts.ValueDifferences + counts.Failed == 0)
        {
            return;
        }

        _progress.Say("finding what followed from what");
        var finder = new CauseFinder(_writer.Get) { OnConsequence = Taint };
        OrderPlan plan;
        try
        {
            plan = await PassAsync(finder, "looked at", interrupted);
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            _recorder.Warn("what followed from what was not looked for to the end: that was interrupted");
            return;
        }

        _writer.WriteDocument(CauseDocument.Name, CauseDocument.Write(finder, plan, _reader));
        _causes = finder;

        void Taint(long position)
        {
            var outcome = _writer.Get(position);
            outcome.Flags |= RunFlags.Tainted;
            _writer.Set(position, in outcome);
        }
    }

    private async Task<IReadOnlyDictionary<string, OrderCatalog>> ReadCatalogsAsync(CancellationToken interrupted)
    {
        if (_options.OrderFrom is { } earlier)
        {
            return ReadCatalogsOf(earlier);
        }

        var databases = _reader.Sessions.Where(s => _planner.SessionReason(s) == RunReason.None).Select(s => s.Database ?? _options.Target.Database ?? "");
        try
        {
            return await CatalogReader.ReadAsync(_options.Target, databases.Where(d => d.Length > 0).Distinct(StringComparer.Ordinal), interrupted);
        }
        catch (Exception e) when (e is TargetException or CommandException)
        {
            _recorder.Warn($"what the target's databases consist of could not be read, so their tables are ordered as wholes, by their names: {e.Message}");
            return new Dictionary<string, OrderCatalog>(StringComparer.Ordinal);
        }
    }

    private Dictionary<string, OrderCatalog> ReadCatalogsOf(string earlier)
    {
        using var run = RunReader.Open(earlier);
        if (run.Manifest.WorkloadId != _reader.Manifest.Id)
        {
            throw new CommandException($"--order-from {earlier} is a run of another workload");
        }

        var catalogs = run.Documents.Select(name => (Database: CatalogReader.DatabaseOf(name), Json: name))
            .Where(d => d.Database is not null)
            .ToDictionary(d => d.Database!, d => OrderCatalog.Parse(run.ReadDocument(d.Json)!), StringComparer.Ordinal);
        if (catalogs.Count == 0)
        {
            _recorder.Warn($"the run {earlier} has no catalogue (it could not be read, or --order was session or none), so tables are ordered as wholes, by their names");
        }

        return catalogs;
    }

    private LockGraph Locks() => new(
        _options.Target, _target.ServerVersion, _orderInput?.Catalogs.GetValueOrDefault(CatalogReader.Server) is { } catalog ? new DefinitionWaits(catalog, _reader.Shapes, () => _active.Keys.Select(static p => p.OpenStatements)) : null);

    // Looks after the waits until it is cancelled.
    private async Task BreakStallsAsync(CancellationToken ended)
    {
        await using var locks = Locks();
        _breaker = new StallBreaker(_gate!, _context, () => _active.Keys, locks, ended);
        var brokeOne = false;
        try
        {
            while (true)
            {
                await Task.Delay(brokeOne ? BreakAgain : BreakEvery, ended);
                brokeOne = await _breaker.CheckAsync();
                if (locks.Problem is { } problem)
                {
                    _recorder.Warn($"who waits for whose locks could not be read ({problem}): exchanges that wait for each other both by order and by locks stand still");
                }

                if (brokeOne && _breaker.Limits > 0 && locks.LacksPlugin)
                {
                    _recorder.Warn("waits were let go only at the limit: MariaDB does not show who holds a table's definition unless the target has its plugin (INSTALL SONAME 'metadata_lock_info'); without it only circles with what the replay itself sent are found, not with stored procedures and LOCK TABLES");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }
}
