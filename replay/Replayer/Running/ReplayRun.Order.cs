using System.Text.Json;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <content>Order between sessions: found before the run, kept during it, told after it.</content>
public sealed partial class ReplayRun
{
    private static readonly TimeSpan BreakEvery = TimeSpan.FromMilliseconds(250);
    private static readonly JsonSerializerOptions OrderJson = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private OrderPlan? _orderPlan;
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
        var total = Math.Max(1, _reader.ExchangeCount);
        _orderPlan = await Task.Run(
            () => OrderPass.Run(
                _reader,
                _options.Target.Engine,
                catalogs,
                _options.Target.Database ?? "",
                level,
                session => _planner.SessionReason(session) == RunReason.None,
                OrderPath,
                walked => _progress.Show((double)walked / total, () => $"{walked} exchanges ordered"),
                interrupted),
            CancellationToken.None);
        _progress.Clear();
        return new OrderFile(OrderPath, new WorkloadBlocks(_reader.Blocks), _orderPlan.Pieces);
    }

    private async Task<IReadOnlyDictionary<string, OrderCatalog>> ReadCatalogsAsync(CancellationToken interrupted)
    {
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

    // Looks after the waits until it is cancelled.
    private async Task BreakStallsAsync(CancellationToken ended)
    {
        await using var locks = new LockGraph(_options.Target, _target.ServerVersion);
        _breaker = new StallBreaker(_gate!, _context, () => _active.Keys, () => locks.ReadAsync(ended));
        try
        {
            while (true)
            {
                await Task.Delay(BreakEvery, ended);
                await _breaker.CheckAsync();
                if (locks.Problem is { } problem)
                {
                    _recorder.Warn($"who waits for whose locks could not be read ({problem}): exchanges that wait for each other both by order and by locks stand still");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private void WriteOrder()
    {
        if (_orderPlan is null || _gate is null)
        {
            return;
        }

        var document = new
        {
            Databases = _orderPlan.Counts.ToDictionary(
                d => d.Key,
                d => new
                {
                    d.Value.Units,
                    d.Value.TouchEverything,
                    d.Value.AmbiguousPairs,
                    d.Value.ForgottenKeys,
                    Dependencies = ByName<OrderReason, long>(d.Value.Dependencies),
                    Unreproducible = ByName<UnreproducibleReason, long>(d.Value.Unreproducible),
                },
                StringComparer.Ordinal),
            Waits = _gate.Waits.ToDictionary(w => w.Key.ToString().ToLowerInvariant(), w => w.Value, StringComparer.Ordinal),
            Stalls = new
            {
                Circles = _breaker?.Circles ?? 0,
                Limits = _breaker?.Limits ?? 0,
                LongestUs = _breaker?.LongestMicroseconds ?? 0,
            },
            _orderPlan.Ambiguous,
        };
        _writer.WriteDocument("order.json", JsonSerializer.Serialize(document, OrderJson));
    }

    private static Dictionary<string, TValue> ByName<TEnum, TValue>(Func<TEnum, TValue> of)
        where TEnum : struct, Enum => Enum.GetValues<TEnum>().ToDictionary(e => e.ToString().ToLowerInvariant(), of, StringComparer.Ordinal);
}
