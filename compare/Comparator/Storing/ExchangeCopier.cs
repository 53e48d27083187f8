using Npgsql;
using NpgsqlTypes;
using Replay.Workload;

namespace Replay.Comparator;

/// <summary>Single exchanges and their outcomes by COPY, as they are read: memory does not grow with them. Statements' texts are not among them.</summary>
internal sealed class ExchangeCopier
{
    private const int Batch = 4096;

    private readonly NpgsqlConnection _connection;
    private readonly ComparisonInput _input;
    private readonly Action<long>? _progress;
    private readonly CancellationToken _cancellation;
    private long _done;

    public ExchangeCopier(NpgsqlConnection connection, ComparisonInput input, Action<long>? progress, CancellationToken cancellation)
    {
        _connection = connection;
        _input = input;
        _progress = progress;
        _cancellation = cancellation;
    }

    /// <summary>Replaces what is stored of the workload's exchanges and of the runs' outcomes.</summary>
    public void Copy()
    {
        Delete("sessions", "workload", _input.Workload.Manifest.Id);
        Delete("exchanges", "workload", _input.Workload.Manifest.Id);
        CopySessions();
        CopyExchanges();
        foreach (var run in _input.Runs)
        {
            Delete("outcomes", "run", run.Manifest.Id);
            CopyOutcomes(run);
        }
    }

    private void Delete(string table, string key, Guid id)
    {
        using var command = new NpgsqlCommand($"DELETE FROM {table} WHERE {key} = $1", _connection) { Parameters = { new() { Value = id } } };
        command.ExecuteNonQuery();
    }

    private void CopySessions()
    {
        using var copy = Begin("COPY sessions (workload, session, client, user_name, database_name, application, opened_at, closed_at) FROM STDIN (FORMAT BINARY)");
        foreach (var session in _input.Workload.Sessions)
        {
            copy.StartRow();
            copy.Write(_input.Workload.Manifest.Id, NpgsqlDbType.Uuid);
            copy.Write(session.Number, NpgsqlDbType.Integer);
            copy.Write(session.Client.ToString(), NpgsqlDbType.Text);
            Text(copy, session.User);
            Text(copy, session.Database);
            Text(copy, session.Application);
            copy.Write(StoreColumns.Moment(session.OpenedAtMicroseconds), NpgsqlDbType.TimestampTz);
            if (session.ClosedAtMicroseconds is { } closed)
            {
                copy.Write(StoreColumns.Moment(closed), NpgsqlDbType.TimestampTz);
            }
            else
            {
                copy.WriteNull();
            }
        }

        copy.Complete();
    }

    private void CopyExchanges()
    {
        using var copy = Begin("COPY exchanges (workload, position, session, ordinal, command, shape, started_at, latency_us, first_byte_us, rows, affected, error, rows_hash, complete) FROM STDIN (FORMAT BINARY)");
        var workload = _input.Workload.Manifest.Id;
        using var cursor = _input.Workload.Read(0, ExchangeParts.WithoutRequest);
        while (cursor.MoveNext())
        {
            var exchange = cursor.Current;
            var code = _input.Codes.IdOf(exchange.ErrorCode);
            copy.StartRow();
            copy.Write(workload, NpgsqlDbType.Uuid);
            copy.Write(cursor.Position, NpgsqlDbType.Bigint);
            copy.Write(exchange.Session, NpgsqlDbType.Integer);
            copy.Write(exchange.Ordinal, NpgsqlDbType.Integer);
            copy.Write(exchange.Command.Name(), NpgsqlDbType.Text);
            copy.Write(_input.Shapes.Hex(_input.Shapes.NumberOf(exchange.Shape, exchange.Command)), NpgsqlDbType.Text);
            copy.Write(StoreColumns.Moment(exchange.StartedAtMicroseconds), NpgsqlDbType.TimestampTz);
            Number(copy, exchange.LatencyMicroseconds ?? double.NaN);
            Number(copy, exchange.FirstByteMicroseconds ?? double.NaN);
            Count(copy, exchange.Rows);
            Count(copy, exchange.Affected);
            Text(copy, code == 0 ? null : _input.Codes.Code(code));
            Count(copy, (exchange.Flags & ExchangeFlags.NormalHashed) != 0 ? exchange.NormalSetHash : -1);
            copy.Write((exchange.Flags & ExchangeFlags.Complete) != 0, NpgsqlDbType.Boolean);
            Done();
        }

        copy.Complete();
    }

    private void CopyOutcomes(ComparedRun run)
    {
        using var copy = Begin("COPY outcomes (run, position, status, reason, latency_us, first_byte_us, lag_us, order_wait_us, rows, affected, error, rows_hash, lag_inherited, order_violated, pre_roll, retried, tainted, disturbed) FROM STDIN (FORMAT BINARY)");
        var outcomes = new RunOutcome[Batch];
        for (long from = 0; from < run.Count; from += Batch)
        {
            var batch = outcomes.AsSpan(0, (int)Math.Min(Batch, run.Count - from));
            run.Read(from, batch);
            for (var i = 0; i < batch.Length; i++)
            {
                Write(copy, run, from + i, batch[i]);
                Done();
            }
        }

        copy.Complete();
    }

    private void Write(NpgsqlBinaryImporter copy, ComparedRun run, long position, in RunOutcome outcome)
    {
        // What was not answered has no times, only zeros in their place.
        var isReplayed = outcome.Status == RunStatus.Replayed;
        var flags = outcome.Flags;
        copy.StartRow();
        copy.Write(run.Manifest.Id, NpgsqlDbType.Uuid);
        copy.Write(position, NpgsqlDbType.Bigint);
        copy.Write(outcome.Status.Name(), NpgsqlDbType.Text);
        Text(copy, outcome.Reason == RunReason.None ? null : outcome.Reason.Name());
        Number(copy, isReplayed ? outcome.LatencyMicroseconds : double.NaN);
        Number(copy, isReplayed && outcome.FirstByteCode != 0 ? LogCode.Decode(outcome.FirstByteCode) : double.NaN);
        Number(copy, isReplayed ? LogCode.Decode(outcome.LagCode) : double.NaN);
        Number(copy, isReplayed ? LogCode.Decode(outcome.OrderWaitCode) : double.NaN);
        Count(copy, isReplayed && outcome.Rows != RunOutcome.NoCount ? outcome.Rows : -1);
        Count(copy, isReplayed && outcome.Affected != RunOutcome.NoCount ? outcome.Affected : -1);
        Text(copy, outcome.ErrorCode == 0 ? null : _input.Codes.Code(run.CodeId(outcome.ErrorCode)));
        Count(copy, isReplayed && (flags & RunFlags.Hashed) != 0 && run.Manifest.HasNormalHashes ? outcome.SetHash : -1);
        foreach (var flag in (ReadOnlySpan<RunFlags>)[RunFlags.LagInherited, RunFlags.OrderViolated, RunFlags.PreRoll, RunFlags.Retried, RunFlags.Tainted, RunFlags.Disturbed])
        {
            copy.Write((flags & flag) != 0, NpgsqlDbType.Boolean);
        }
    }

    private NpgsqlBinaryImporter Begin(string sql)
    {
        _cancellation.ThrowIfCancellationRequested();
        var copy = _connection.BeginBinaryImport(sql);
        copy.Timeout = Timeout.InfiniteTimeSpan; // indexes may keep the server busy
        return copy;
    }

    private void Done()
    {
        if (++_done % Batch == 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            _progress?.Invoke(_done);
        }
    }

    private static void Text(NpgsqlBinaryImporter copy, string? text)
    {
        if (text is null)
        {
            copy.WriteNull();
        }
        else
        {
            copy.Write(StoreColumns.Clean(text)!, NpgsqlDbType.Text);
        }
    }

    private static void Number(NpgsqlBinaryImporter copy, double number)
    {
        if (double.IsNaN(number))
        {
            copy.WriteNull();
        }
        else
        {
            copy.Write(number, NpgsqlDbType.Double);
        }
    }

    // -1 is none.
    private static void Count(NpgsqlBinaryImporter copy, long count)
    {
        if (count < 0)
        {
            copy.WriteNull();
        }
        else
        {
            copy.Write(count, NpgsqlDbType.Bigint);
        }
    }
}
