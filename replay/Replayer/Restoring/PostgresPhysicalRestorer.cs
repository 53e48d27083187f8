using Replay.Workload;

namespace Replay.Replayer;

/// <summary>
/// Takes over a server that was started on a physical copy, or that the user's own command has filled: statistics, visibility, mark and template as
/// after a restored dump. That it is a copy, and not the captured server, is told by the file that laying the copy left in the data folder.
/// </summary>
internal sealed class PostgresPhysicalRestorer(WorkloadReader reader, SnapshotInfo snapshot, RestoreOptions options, Client.TargetUrl url, Progress progress)
    : PostgresRestorer(reader, snapshot, options, url, progress)
{
    protected override async Task RestoreAsync(CancellationToken cancellation)
    {
        if (!PhysicalCopy.IsPhysical(Snapshot))
        {
            await using (var control = await TargetControl.OpenAsync(Url, cancellation: cancellation))
            {
                RefuseSource(await control.ReadFactsAsync());
            }

            // Without a session of our own: one in template1 would keep the command from creating databases.
            await RestoreHook.RunAsync(Options, Snapshot, SnapshotFolder, Url, cancellation);
        }

        await base.RestoreAsync(cancellation);
    }

    protected override async Task PutAsync(TargetControl control, TargetFacts facts, CancellationToken cancellation)
    {
        if (PhysicalCopy.IsPhysical(Snapshot))
        {
            await CheckCopyAsync(control, facts);
        }

        if (Snapshot.Databases.FirstOrDefault(d => !facts.Databases.ContainsKey(d.Name)) is { } missing)
        {
            throw new CommandException($"the target has no database '{missing.Name}', which is in the snapshot; is it a server on the copy?");
        }

        foreach (var database in Snapshot.Databases)
        {
            Progress.Say($"database '{database.Name}': statistics and mark");
            await FinishAsync(control, facts, database.Name, cancellation);
        }
    }

    private async Task CheckCopyAsync(TargetControl control, TargetFacts facts)
    {
        var lay = "lay it into an empty folder by --data-directory DIR and start";
        var major = PhysicalCopy.Major(Snapshot);
        var file = await control.TryAsync($"SELECT pg_catalog.pg_read_file({PostgresNames.Literal(PhysicalCopy.ConsentFile)}, 0, 65536, true)");
        if (ConsentMark.Parse(file.Scalar)?.Workload == Mark.Workload)
        {
            return; // of another version too: somebody has run pg_upgrade on the copy and taken the file along
        }

        if (major != facts.Major)
        {
            throw new CommandException(
                $"the snapshot is a copy of PostgreSQL {major}'s files, which PostgreSQL {facts.Major} cannot read; {lay} PostgreSQL {major} on it, then pg_upgrade that copy, put its "
                + $"{PhysicalCopy.ConsentFile} into the new data folder and restore again; or capture with --snapshot pg_dump");
        }

        throw new CommandException(file.Succeeded
            ? $"the target does not run on a copy of this workload's snapshot; {lay} PostgreSQL {major} on it"
            : $"whether the target runs on a copy of the snapshot cannot be read: {file.ErrorMessage}; give the URL of a superuser");
    }
}
