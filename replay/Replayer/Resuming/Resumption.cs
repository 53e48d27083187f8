using Replay.Workload;

namespace Replay.Replayer;

/// <summary>A run that was broken off and is gone on with: what it had come to, and where the seam is.</summary>
public sealed class Resumption
{
    /// <summary>The longest warm-up after the seam where the run has none of its own: a minute of the run's clock.</summary>
    public static readonly TimeSpan MaxWarmUp = TimeSpan.FromMinutes(1);

    /// <summary>Of what is left it is at most this part.</summary>
    public const int WarmUpPart = 10;

    // Files that a run which was killed leaves behind, and makes anew.
    private static readonly string[] Leftovers = ["selection.data", "clones.data", "sharing.data", "order.data", PairFile.Name];

    private Resumption(RunManifest manifest, RunState? state, RunSeam seam)
    {
        Manifest = manifest;
        State = state;
        Seam = seam;
    }

    /// <summary>The run's manifest, as it goes on: its last seam is this one.</summary>
    public RunManifest Manifest { get; private set; }

    /// <summary>What the parts before have counted; null if that is lost.</summary>
    public RunState? State { get; }

    /// <summary>The seam.</summary>
    public RunSeam Seam { get; private set; }

    /// <summary>Opens the manifest of a run; a <see cref="CommandException"/> says why it cannot be resumed.</summary>
    public static RunManifest Open(string folder)
    {
        using var run = RunReader.Open(folder);
        var manifest = run.Manifest;
        return manifest.EndedAt is not null && !manifest.Fitness.Gates.Contains("complete") ? throw new CommandException($"{folder} has come to its end: there is nothing to resume")
            : manifest.Arguments is null ? throw new CommandException($"{folder} was made by an older version, which did not keep its options: begin it anew")
            : manifest;
    }

    /// <summary>Refuses what cannot be resumed, in one line.</summary>
    public static void Check(string folder, RunManifest manifest, RunOptions options, WorkloadReader reader)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reader);
        const string Anew = "begin it anew";
        var problem = reader.Manifest.Id != manifest.WorkloadId || reader.ExchangeCount != manifest.Captured ? $"{reader.Folder} is not the workload that {folder} was made from; name that one before --resume"
            : options.Wire is not null && manifest.EndedAt is null ? $"{folder} is measured by packets (--wire) and was killed before it was joined with them, so nothing tells what its exchanges took: {Anew}"
            : options.Turns is not null ? $"{folder} took turns with another run (--turns), which has gone on: begin the pair anew"
            : options.Schedule is { ConnectScale: not 1 } or { ThinkScale: not 1 } ? $"{folder} has sessions that go through the workload at paces of their own (--connect-time, --think-time), so no moment of it parts what was played from the rest: {Anew}"
            : null;
        if (problem is not null)
        {
            throw new CommandException(problem);
        }
    }

    /// <summary>Refuses to put the target back where that is not all that was done to it, in one line.</summary>
    public static void CheckReset(string folder, RunOptions options, WorkloadReader reader)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reader);
        const string ByYou = "put its data back to what the run began with, and say --no-reset";
        var problem = reader.Manifest.Snapshot is null ? $"{options.Workload} has no snapshot that the target could be put back from: {ByYou}"
            : options.PreparedBy.Count > 0 ? $"before {folder} more was done to its target than a restore ({string.Join(", ", options.PreparedBy)}): {ByYou}"
            : null;
        if (problem is not null)
        {
            throw new CommandException(problem);
        }
    }

    /// <summary>Finds the seam; a <see cref="CommandException"/> if the run had not come to its schedule.</summary>
    public static Resumption Find(string folder, RunManifest manifest, RunOptions options, WorkloadReader reader, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(reader);
        var (from, to) = (manifest.WorkloadStartMicroseconds, WindowEnd(options, reader, cancellation));
        long at;
        using (var run = RunReader.Open(folder))
        {
            at = SeamFinder.Find(reader, Reading(run), from, to, cancellation);
        }

        if (at <= from || manifest.StartedAtMicroseconds == 0)
        {
            throw new CommandException($"{folder} had not come to its schedule when it was broken off: begin it anew, nothing is lost");
        }

        var last = Math.Min(to, reader.Blocks.Max(static b => b.MaxEndedAtMicroseconds));
        var minute = (long)(MaxWarmUp.TotalMicroseconds * (options.Speed.IsMax ? 1 : options.Speed.Factor));
        var warmUp = options.Schedule.WarmUp > TimeSpan.Zero ? (long)options.Schedule.WarmUp.TotalMicroseconds : Math.Min(minute, Math.Max(0, last - at) / WarmUpPart);
        var seam = new RunSeam
        {
            AtMicroseconds = at,
            ComparedFromMicroseconds = at + warmUp,
            ResumedAt = DateTimeOffset.UtcNow,
            Why = manifest.EndedAt is null ? "killed" : "interrupted",
        };
        return new Resumption(With(manifest, seam), RunState.Read(folder), seam);
    }

    /// <summary>
    /// Takes the run's outcomes over: those after the seam are taken away, those that stay are counted. By one thread, before anything is sent.
    /// </summary>
    internal void TakeOver(WorkloadReader reader, RunWriter writer, OutcomeRecorder recorder, CancellationToken cancellation)
    {
        var (sentAnew, playedAgain) = (0L, 0L);
        using (var cursor = reader.Read(0, ExchangeParts.WithoutRequest))
        {
            while (cursor.MoveNext())
            {
                if ((cursor.Position & 0xFFFF) == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }

                var exchange = cursor.Current;
                var outcome = writer.Get(cursor.Position);
                var isBefore = exchange.RequestedAtMicroseconds < Seam.AtMicroseconds;
                if (isBefore && !SeamFinder.IsOwed(in outcome) && writer.HasErrorCode(outcome.ErrorCode))
                {
                    recorder.Seed(cursor.Position, in exchange, in outcome, Manifest.IsWarmUp(exchange.RequestedAtMicroseconds));
                    continue;
                }

                sentAnew += isBefore ? 1 : 0;
                playedAgain += !isBefore && outcome.Status == RunStatus.Replayed ? 1 : 0;
                if (outcome.Status != RunStatus.NotReached)
                {
                    writer.Set(cursor.Position, default);
                }
            }
        }

        if (State is not null)
        {
            recorder.OwnLag.Add(State.OwnLag);
            recorder.InheritedLag.Add(State.InheritedLag);
            recorder.Series.Continue(State.Series);
        }

        Seam = Seam with { SentAnew = sentAnew, PlayedAgain = playedAgain };
        Manifest = With(Manifest, Seam);
        writer.UpdateManifest(Manifest);
    }

    /// <summary>The schedule goes on, at a moment of the run's clock, microseconds since 1970.</summary>
    internal void Begin(long startMicroseconds)
    {
        Seam = Seam with { StartedAtMicroseconds = startMicroseconds };
        Manifest = With(Manifest, Seam);
    }

    /// <summary>Removes what a run that was killed has left behind.</summary>
    internal static void Clear(string folder)
    {
        foreach (var name in Leftovers)
        {
            File.Delete(Path.Combine(folder, name));
        }
    }

    /// <summary>The seam in words.</summary>
    public override string ToString() => string.Create(
        System.Globalization.CultureInfo.InvariantCulture,
        $"resumed at {WireText.Time(Seam.AtMicroseconds)} of the workload after it was {Seam.Why}: {Seam.SentAnew} exchanges before that had no outcome and were sent anew, untimed; {Seam.PlayedAgain} after it were played again; times are not compared up to {WireText.Time(Seam.ComparedFromMicroseconds)}, because caches and plans were cold{(State is null ? "; lag, rate and waits before the seam are not known" : "")}");

    private static long WindowEnd(RunOptions options, WorkloadReader reader, CancellationToken cancellation)
    {
        using var selection = Selection.Of(options.Selection, reader, Selection.OriginOf(reader), options.Schedule.WarmUp, cancellation);
        return selection.ToMicroseconds;
    }

    // A part that was broken off before it came anywhere leaves no seam of its own.
    private static RunManifest With(RunManifest manifest, RunSeam seam) => manifest with
    {
        EndedAt = null,
        Seams = [.. (manifest.Seams ?? []).Where(earlier => earlier.AtMicroseconds < seam.AtMicroseconds), seam],
    };

    private static Func<long, RunOutcome> Reading(RunReader run)
    {
        var page = new RunOutcome[4096];
        var from = -1L;
        return position =>
        {
            if (from < 0 || position < from || position >= from + page.Length)
            {
                from = position;
                run.Read(from, page.AsSpan(0, (int)Math.Min(page.Length, run.Count - from)));
            }

            return page[position - from];
        };
    }
}
