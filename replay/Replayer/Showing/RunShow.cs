using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Which exchanges of a run are shown; null: all.</summary>
public sealed record ShowFilter
{
    /// <summary>Only this session.</summary>
    public int? Session { get; init; }

    /// <summary>Only the shape with these 32 digits.</summary>
    public string? Shape { get; init; }

    /// <summary>Only responses with an error.</summary>
    public bool OnlyErrors { get; init; }

    /// <summary>Only this status.</summary>
    public string? Status { get; init; }
}

/// <summary>Prints a run in some format.</summary>
public interface IRunPrinter : IDisposable
{
    /// <summary>A session, before the first of its exchanges.</summary>
    void Session(Session session);

    /// <summary>An exchange and what became of it; the error is the run's.</summary>
    void Exchange(in Exchange exchange, Shape? shape, Engine engine, in RunOutcome outcome, in ShownTime time, string errorCode, string? errorMessage);

    /// <summary>All has been printed: what is buffered goes out.</summary>
    void End();
}

/// <summary>Reads a run beside its workload, in order of position, with memory that does not grow with either.</summary>
public sealed class RunShow(RunReader run, WorkloadReader workload, ShowFilter filter)
{
    private const int PageOutcomes = 4096;

    /// <summary>Prints what the filter lets through.</summary>
    public void Print(IRunPrinter printer)
    {
        if (run.Manifest.WorkloadId != workload.Manifest.Id)
        {
            throw new CommandException($"{workload.Folder} is not the workload that {run.Folder} was made from; name that one by --workload");
        }

        var shown = new HashSet<int>();
        var outcomes = new RunOutcome[PageOutcomes];
        var blame = new LagBlame();
        using var dues = DueFile.Open(run.Folder, run.Manifest);
        var count = Math.Min(run.Count, workload.ExchangeCount);
        using var cursor = workload.Read();
        for (var position = 0L; position < count && cursor.MoveNext(); position++)
        {
            var at = (int)(position % PageOutcomes);
            if (at == 0)
            {
                run.Read(position, outcomes.AsSpan(0, (int)Math.Min(PageOutcomes, count - position)));
            }

            var exchange = cursor.Current;
            var blamed = blame.Of(in exchange, in outcomes[at]);
            var shape = (uint)exchange.Shape < (uint)workload.Shapes.Count ? workload.Shapes[exchange.Shape] : null;
            if (!Matches(in exchange, shape, in outcomes[at]) || workload.Sessions.Find(exchange.Session) is not { } session)
            {
                continue;
            }

            if (shown.Add(exchange.Session))
            {
                printer.Session(session);
            }

            var code = run.ErrorCode(outcomes[at].ErrorCode);
            var due = dues is null ? DueMicroseconds(run.Manifest, in exchange) : dues.Get(position);
            var time = new ShownTime(due, blamed, IsWarmUp: run.Manifest.IsWarmUp(exchange.RequestedAtMicroseconds));
            printer.Exchange(in exchange, shape, session.Engine, in outcomes[at], in time, code, code.Length == 0 ? null : run.FindError(position)?.Message);
        }

        printer.End();
    }

    private bool Matches(in Exchange exchange, Shape? shape, in RunOutcome outcome) =>
        (filter.Session is null || filter.Session == exchange.Session)
        && (filter.Shape is null || string.Equals(filter.Shape, shape?.Hex, StringComparison.OrdinalIgnoreCase))
        && (!filter.OnlyErrors || outcome.ErrorCode != 0)
        && (filter.Status is null || filter.Status == outcome.Status.Name());

    // On the run's clock by the plain schedule, microseconds since 1970; null at full speed.
    private static long? DueMicroseconds(RunManifest manifest, in Exchange exchange)
    {
        var (workload, run) = manifest.OriginOf(exchange.RequestedAtMicroseconds);
        return Speed.TryParse(manifest.Speed, out var speed) && !speed.IsMax ? new Pacer(speed, workload, run, SliceTurns.Of(manifest)).DueAt(exchange.RequestedAtMicroseconds) : null;
    }
}
