using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>What a run does about values (<c>--values</c>).</summary>
public enum ValueMode
{
    /// <summary>They come out as they did in production, as far as that can be known.</summary>
    Exact,

    /// <summary>Requests are sent as they were recorded, and nothing else.</summary>
    AsRecorded,
}

/// <summary>A run's values, until it is disposed of when nothing is played any more: nothing is done until <see cref="PrepareAsync"/> has learnt what the target fills in by itself.</summary>
public sealed class RunValues(ValueMode mode) : IRunValues, IAsyncDisposable
{
    private SequenceKeeper? _sequences;
    private SequencePlacer? _placer;
    private IRunValues _values = AsRecorded.Instance;

    /// <summary>The mode as options and documents name it.</summary>
    public string ModeName => mode == ValueMode.Exact ? "exact" : "as-recorded";

    /// <summary>What was set, mapped and missed.</summary>
    public ValueCounts Counts { get; } = new();

    /// <summary>What the run's manifest says.</summary>
    public RunValueCounts Summary => new() { Mode = ModeName, Set = Counts.Set, Mapped = Counts.Mapped, Replaced = Counts.Replaced, Missed = Counts.Missed };

    /// <summary>Before the first exchange; <paramref name="sequences"/>: what is known of draws from PostgreSQL's, if the run keeps the order of inserts.</summary>
    public async Task PrepareAsync(TargetUrl target, WorkloadReader reader, CutPlan cut, IReadOnlyList<SequencePlan> sequences, Action<string> warn, CancellationToken cancellation)
    {
        if (mode == ValueMode.AsRecorded)
        {
            return;
        }

        var map = new ValueMap(Counts);
        if (target.Engine != Engine.MySql)
        {
            _placer = await SequencePlacer.StartAsync(target, sequences, Counts, warn, cancellation);
            _sequences = await SequenceKeeper.StartAsync(target, reader, cut.Verdict, _placer.Places, Counts, warn, cancellation);
            _values = new PostgresRunValues(target, reader.Sessions, _sequences, _placer, Counts, map);
            return;
        }

        var catalog = new MySqlValueCatalog();
        var series = MySqlSeries.Usual;
        try
        {
            await using var control = await TargetControl.OpenAsync(target, cancellation: cancellation);
            catalog = await MySqlValueCatalogQuery.ReadAsync(control);
            series = await MySqlSeries.ReadAsync(control, reader.Manifest.Snapshot?.AutoIncrement, warn);
        }
        catch (CommandException e)
        {
            warn($"which columns the target fills in by itself could not be read, so ids that it generates and clocks in defaults may come out differently: {e.Message}");
        }

        _values = new MySqlRunValues(catalog, reader.Shapes, reader.Sessions, series, Counts, map);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> Plan(in Exchange exchange, ref PlannedExchange planned) => _values.Plan(in exchange, ref planned);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await (Interlocked.Exchange(ref _placer, null)?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Interlocked.Exchange(ref _sequences, null)?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <inheritdoc/>
    public ISessionValues? Of(Session session) => _values.Of(session);
}
