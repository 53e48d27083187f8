using System.Globalization;
using Replay.Client;
using Replay.Workload;

namespace Replay.Replayer;

/// <summary>Restores dumps of pg_dump: roles, databases, data; then the same statistics, visibility and cache on every side.</summary>
internal class PostgresRestorer(WorkloadReader reader, SnapshotInfo snapshot, RestoreOptions options, TargetUrl url, Progress progress)
    : Restorer(reader, snapshot, options, url, progress)
{
    /// <summary>What a template's name begins with.</summary>
    public const string TemplatePrefix = "replay_template_";

    // A database's name follows. Of each checkpoint a template of its own is kept.
    private string KeptPrefix => Options.CheckpointMicroseconds is { } moment ? string.Create(CultureInfo.InvariantCulture, $"replay_checkpoint_{moment:x}_") : TemplatePrefix;

    // The database that statements about other databases are sent to; never one that is restored.
    private string ControlDatabase => Snapshot.Databases.Any(d => d.Name == "postgres") ? "template1" : "postgres";

    protected override async Task RestoreAsync(CancellationToken cancellation)
    {
        await using var control = await TargetControl.OpenAsync(Url, ControlDatabase, cancellation);
        var facts = await control.ReadFactsAsync();
        RefuseSource(facts);
        if (Options.Reset && await TryResetAsync(control, facts, cancellation))
        {
            return;
        }

        await PutAsync(control, facts, cancellation);
        await SettleAsync(cancellation);
    }

    protected override async Task SettleAsync(CancellationToken cancellation)
    {
        await using var control = await TargetControl.OpenAsync(Url, ControlDatabase, cancellation);
        await control.QueryAsync("CHECKPOINT", "a checkpoint");
        await PrewarmAsync();
    }

    protected override async Task<bool> TryPutBackAsync(CancellationToken cancellation)
    {
        await using var control = await TargetControl.OpenAsync(Url, ControlDatabase, cancellation);
        return await TryResetAsync(control, await control.ReadFactsAsync(), cancellation);
    }

    protected override async Task KeepAsync(CancellationToken cancellation)
    {
        await using (var control = await TargetControl.OpenAsync(Url, ControlDatabase, cancellation))
        {
            var facts = await control.ReadFactsAsync();
            foreach (var database in Snapshot.Databases)
            {
                await FinishAsync(control, facts, database.Name, cancellation);
            }
        }

        await SettleAsync(cancellation);
    }

    /// <summary>Puts the data there: each database with its sequences, statistics and mark.</summary>
    protected virtual async Task PutAsync(TargetControl control, TargetFacts facts, CancellationToken cancellation)
    {
        foreach (var database in Snapshot.Databases)
        {
            await MakeRoomAsync(control, facts, database.Name);
        }

        await new PostgresRoles(SnapshotFolder, Progress).CreateAsync(control, facts.Roles, Snapshot.Roles.Concat(Users));
        foreach (var database in Snapshot.Databases)
        {
            await LoadAsync(control, facts, database, cancellation);
        }
    }

    /// <summary>What all databases get at the end, however their data came there: statistics, the mark, a template to reset from.</summary>
    protected async Task FinishAsync(TargetControl control, TargetFacts facts, string database, CancellationToken cancellation)
    {
        await using (var session = await TargetControl.OpenAsync(Url, database, cancellation))
        {
            await session.QueryAsync("VACUUM (FREEZE, ANALYZE)", "VACUUM (FREEZE, ANALYZE)");
        }

        await MarkAsync(control, database);
        if (Options.KeepTemplate)
        {
            var template = KeptPrefix + database;
            await DropAsync(control, facts, template);
            await CopyAsync(control, facts, database, template);
            var properties = await new PostgresDatabase(control, database, Progress).DescribeAsync();
            await control.QueryAsync($"COMMENT ON DATABASE {PostgresNames.Quote(template)} IS {PostgresNames.Literal(properties)}", "keeping a database's settings");
        }
    }

    // From the templates that an earlier restore of this workload left; false if there are none.
    private async Task<bool> TryResetAsync(TargetControl control, TargetFacts facts, CancellationToken cancellation)
    {
        var templates = (await control.QueryAsync("SELECT datname FROM pg_catalog.pg_database", "listing databases")).Rows.Select(r => r[0]!).ToHashSet(StringComparer.Ordinal);
        if (!Snapshot.Databases.All(d => templates.Contains(KeptPrefix + d.Name) && facts.Databases.GetValueOrDefault(d.Name)?.Workload == Mark.Workload))
        {
            return false;
        }

        foreach (var database in Snapshot.Databases)
        {
            cancellation.ThrowIfCancellationRequested();
            await DropAsync(control, facts, database.Name);
            await CopyAsync(control, facts, KeptPrefix + database.Name, database.Name);
            var properties = await control.QueryAsync(
                $"SELECT pg_catalog.shobj_description(oid, 'pg_database') FROM pg_catalog.pg_database WHERE datname = {PostgresNames.Literal(KeptPrefix + database.Name)}", "reading a database's settings");
            await new PostgresDatabase(control, database.Name, Progress).ApplyAsync(properties.Scalar);
            await MarkAsync(control, database.Name);
            Progress.Say($"database '{database.Name}' is as it was {(Options.CheckpointMicroseconds is null ? "restored" : "at the checkpoint")}");
        }

        await SettleAsync(cancellation);
        return true;
    }

    private async Task MakeRoomAsync(TargetControl control, TargetFacts facts, string database)
    {
        if (!facts.Databases.TryGetValue(database, out var mark))
        {
            return;
        }

        if (await IsEmptyAsync(database))
        {
            await DropAsync(control, facts, database);
            return;
        }

        if (!Options.Force.Contains("target") && !(Options.Reset && mark is not null))
        {
            throw new CommandException(mark is null
                ? $"the target has a database '{database}' with tables in it; use an empty server, or say --force target to drop it"
                : $"database '{database}' has been restored already; say --reset to put it back to how it was then");
        }

        await DropAsync(control, facts, database);
    }

    private async Task<bool> IsEmptyAsync(string database)
    {
        await using var control = await TargetControl.OpenAsync(Url, database);
        var result = await control.QueryAsync(
            "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'",
            "looking for tables");
        return result.Scalar == "0";
    }

    private static async Task DropAsync(TargetControl control, TargetFacts facts, string database)
    {
        var name = PostgresNames.Quote(database);
        if (facts.Major >= 13)
        {
            await control.QueryAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", $"dropping database '{database}'");
            return;
        }

        await control.QueryAsync($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {PostgresNames.Literal(database)}", "ending sessions");
        await control.QueryAsync($"DROP DATABASE IF EXISTS {name}", $"dropping database '{database}'");
    }

    // FILE_COPY is quicker than the default from 15 on where the template is large, and leaves the same files.
    private static Task CopyAsync(TargetControl control, TargetFacts facts, string from, string to) => control.QueryAsync(
        $"CREATE DATABASE {PostgresNames.Quote(to)} TEMPLATE {PostgresNames.Quote(from)}{(facts.Major >= 15 ? " STRATEGY FILE_COPY" : "")}", $"copying database '{from}'");

    private Task MarkAsync(TargetControl control, string database) =>
        control.QueryAsync($"COMMENT ON DATABASE {PostgresNames.Quote(database)} IS {PostgresNames.Literal(Mark.ToString())}", "leaving the mark of consent");

    private async Task LoadAsync(TargetControl control, TargetFacts facts, SnapshotDatabase database, CancellationToken cancellation)
    {
        Progress.Say($"restoring database '{database.Name}'");
        var dump = new PostgresDump(FileOf(database), Tools, Url);
        var (traits, properties) = await dump.ReadCreationAsync(cancellation);
        await CreateDatabaseAsync(control, traits, database.Name);
        await dump.LoadAsync(database.Name, facts.Major, cancellation);
        await using (var session = await TargetControl.OpenAsync(Url, database.Name, cancellation))
        {
            await SetSequencesAsync(session, database);
        }

        // After the data: a database may be read-only by its settings.
        foreach (var statement in properties)
        {
            await new PostgresDatabase(control, database.Name, Progress).TryAsync(statement);
        }

        await FinishAsync(control, facts, database.Name, cancellation);
    }

    private async Task CreateDatabaseAsync(TargetControl control, string traits, string name)
    {
        var create = $"CREATE DATABASE {PostgresNames.Quote(name)} TEMPLATE template0";
        var result = await control.TryAsync(create + traits);
        if (result.Succeeded)
        {
            return;
        }

        Progress.Warn($"database '{name}' was created with the target's own locale: {result.ErrorMessage}");
        await control.QueryAsync(create, $"creating database '{name}'");
    }

    // Sequences stand outside of transactions: the dump has them where they stood when it came to them, and what was drawn between the cut and then is drawn
    // again by the replay. So back to the recorded position, which was read at the cut.
    private async Task SetSequencesAsync(TargetControl session, SnapshotDatabase database)
    {
        const string UndefinedTable = "42P01";
        foreach (var sequence in database.Sequences)
        {
            var result = await session.TryAsync(sequence.LastValue is { } last
                ? $"SELECT setval({PostgresNames.Literal(sequence.Name)}, {last.ToString(CultureInfo.InvariantCulture)})"
                : $"ALTER SEQUENCE {sequence.Name} RESTART");
            // What was dropped between the snapshot and the reading of positions is not there.
            if (!result.Succeeded && result.ErrorCode != UndefinedTable)
            {
                Progress.Warn($"sequence {sequence.Name} stands where the dump left it, not where it stood at the cut: {result.ErrorMessage}; inserts may draw other values than production's");
            }
        }
    }

    private async Task PrewarmAsync()
    {
        if (!Options.Prewarm)
        {
            return;
        }

        foreach (var database in Snapshot.Databases)
        {
            await using var session = await TargetControl.OpenAsync(Url, database.Name);
            await session.QueryAsync("BEGIN", "prewarming");
            // Rolled back, so that the database keeps no extension that it did not have.
            var extension = await session.TryAsync("CREATE EXTENSION IF NOT EXISTS pg_prewarm SCHEMA pg_catalog");
            if (extension.Succeeded)
            {
                await session.QueryAsync("SELECT sum(pg_prewarm(c.oid::regclass)) FROM pg_catalog.pg_class c WHERE c.relkind IN ('r', 'm', 't', 'i') AND c.oid >= 16384", "prewarming");
            }

            await session.QueryAsync("ROLLBACK", "prewarming");
            if (!extension.Succeeded)
            {
                await CountAllAsync(session);
            }
        }
    }

    private static async Task CountAllAsync(TargetControl session)
    {
        var tables = await session.QueryAsync("SELECT format('%I.%I', schemaname, relname) FROM pg_catalog.pg_stat_user_tables", "prewarming");
        foreach (var row in tables.Rows)
        {
            await session.QueryAsync($"SELECT count(*) FROM {row[0]}", "prewarming");
        }
    }
}
