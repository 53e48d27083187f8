using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Puts a workload's snapshot onto a target, the same way on every side, and leaves the mark of consent.</summary>
public abstract class Restorer
{
    private protected Restorer(WorkloadReader reader, SnapshotInfo snapshot, RestoreOptions options, TargetUrl url, Progress progress)
    {
        Manifest = reader.Manifest;
        Snapshot = snapshot;
        SnapshotFolder = reader.SnapshotFolder;
        Options = options;
        Url = url;
        Progress = progress;
        Tools = new VendorTools(options.Tools);
        Mark = new ConsentMark { Workload = reader.Manifest.Id, RestoredAt = DateTimeOffset.UtcNow, ToolVersion = ToolVersion.Current, CheckpointMicroseconds = options.CheckpointMicroseconds };
        Users = [.. reader.Sessions.Where(s => s.User is not null && s.Purpose == SessionPurpose.Client).Select(s => s.User!).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The workload's manifest.</summary>
    protected WorkloadManifest Manifest { get; }

    /// <summary>The snapshot.</summary>
    protected SnapshotInfo Snapshot { get; }

    /// <summary>Where its files lie.</summary>
    protected string SnapshotFolder { get; }

    /// <summary>What was asked for.</summary>
    protected RestoreOptions Options { get; }

    /// <summary>The target.</summary>
    protected TargetUrl Url { get; }

    /// <summary>Where remarks go.</summary>
    protected Progress Progress { get; }

    /// <summary>The vendor's programs.</summary>
    protected VendorTools Tools { get; }

    /// <summary>The mark that is left.</summary>
    protected ConsentMark Mark { get; }

    /// <summary>The users of the captured sessions.</summary>
    protected IReadOnlyList<string> Users { get; }

    /// <summary>Restores what <paramref name="options"/> say; a <see cref="CommandException"/> if it cannot be done.</summary>
    public static async Task RunAsync(RestoreOptions options, Progress progress, CancellationToken cancellation)
    {
        using var reader = WorkloadReader.Open(options.Workload);
        var snapshot = reader.Manifest.Snapshot
            ?? throw new CommandException($"{options.Workload} has no snapshot; capture with --snapshot, or bring the data yourself and say 'dbreplay run --force source'");
        if (options.DataDirectory is { } directory)
        {
            await PhysicalCopy.LayAsync(reader, snapshot, options, directory, progress, cancellation);
            return;
        }

        var url = options.Target ?? throw new CommandException("say --target URL, or --data-directory DIR for a physical snapshot");
        if (url.Engine != snapshot.Engine)
        {
            throw new CommandException($"the snapshot is of {snapshot.Engine}, the target's URL says {url.Engine}; give the URL of a server of that engine");
        }

        await For(reader, snapshot, options, url, progress).RestoreAsync(cancellation);
    }

    /// <summary>
    /// After a reset by other means (a cold copy of the files, a volume's snapshot): the same checkpoint, caches and quiet as after a restore, so that all runs
    /// begin alike.
    /// </summary>
    public static async Task SettleAsync(RestoreOptions options, Progress progress, CancellationToken cancellation)
    {
        using var reader = WorkloadReader.Open(options.Workload);
        if (reader.Manifest.Snapshot is { } snapshot && options.Target is { } url)
        {
            await For(reader, snapshot, options, url, progress).SettleAsync(cancellation);
        }
    }

    /// <summary>Puts a checkpoint back that was kept; false if none is, and nothing was done.</summary>
    public static async Task<bool> TryPutBackAsync(RestoreOptions options, Progress progress, CancellationToken cancellation)
    {
        using var reader = WorkloadReader.Open(options.Workload);
        return await For(reader, reader.Manifest.Snapshot!, options, options.Target!, progress).TryPutBackAsync(cancellation);
    }

    /// <summary>Keeps the data as they are now as a checkpoint: with the statistics and caches that they have after a restore, and the mark.</summary>
    public static async Task KeepAsync(RestoreOptions options, Progress progress, CancellationToken cancellation)
    {
        using var reader = WorkloadReader.Open(options.Workload);
        await For(reader, reader.Manifest.Snapshot!, options, options.Target!, progress).KeepAsync(cancellation);
    }

    /// <summary>Puts a checkpoint back, if one is kept.</summary>
    protected virtual Task<bool> TryPutBackAsync(CancellationToken cancellation) => Task.FromResult(false);

    /// <summary>Keeps the data as a checkpoint.</summary>
    protected abstract Task KeepAsync(CancellationToken cancellation);

    /// <summary>Does it.</summary>
    protected abstract Task RestoreAsync(CancellationToken cancellation);

    /// <summary>What comes last, however the data came there.</summary>
    protected abstract Task SettleAsync(CancellationToken cancellation);

    /// <summary>A file of the snapshot; a <see cref="CommandException"/> if it is not there.</summary>
    protected string FileOf(SnapshotDatabase database)
    {
        var path = Path.GetFullPath(Path.Combine(SnapshotFolder, database.File));
        return Path.Exists(path) ? path : throw new CommandException($"the snapshot of '{database.Name}' is not at {path}; copy it there");
    }

    /// <summary>Refuses the server that was captured.</summary>
    protected void RefuseSource(TargetFacts facts)
    {
        if (TargetGuards.SourceLikeness(Manifest, Url, facts) == (true, true) && !Options.Force.Contains("source"))
        {
            throw new CommandException($"{Url} has the address and the identifier of the server that was captured; if this really is not production, say --force source");
        }
    }

    private static Restorer For(WorkloadReader reader, SnapshotInfo snapshot, RestoreOptions options, TargetUrl url, Progress progress)
    {
        var isDump = !PhysicalCopy.IsPhysical(snapshot) && snapshot.Tool != "hook";
        return (url.Engine, isDump) switch
        {
            (Engine.PostgreSql, true) => new PostgresRestorer(reader, snapshot, options, url, progress),
            (Engine.PostgreSql, false) => new PostgresPhysicalRestorer(reader, snapshot, options, url, progress),
            (_, true) => new MySqlRestorer(reader, snapshot, options, url, progress),
            _ => new MySqlPhysicalRestorer(reader, snapshot, options, url, progress),
        };
    }
}
