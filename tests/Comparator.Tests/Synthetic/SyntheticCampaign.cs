using System.Buffers;
using System.Net;
using System.Text;
using Replay.TestKit;
using Replay.Workload;

namespace Replay.Comparator.Tests;

/// <summary>Writes a workload and runs of it to disk, by the very writers that the agent and the replayer use. End-to-end tests have this file too.</summary>
internal sealed partial class SyntheticCampaign : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly IReadOnlyList<SyntheticShape> _shapes;
    private readonly List<(int Shape, int Execution)> _exchanges = [];
    private readonly Func<string, (string Name, string Json)[]> _documents;
    private readonly Func<int, string?> _user;
    private readonly long _stepMicroseconds;
    private readonly Guid _workloadId = new("11111111-2222-3333-4444-555555555555");

    /// <summary>Writes all of it.</summary>
    /// <param name="shapes">What is executed.</param>
    /// <param name="runs">Their labels; two a side without them.</param>
    /// <param name="seed">Of the latencies.</param>
    /// <param name="manifest">Changes a run's manifest.</param>
    /// <param name="documents">Further documents of a run.</param>
    /// <param name="user">The users of sessions beyond the first; null: neither user nor database is known.</param>
    /// <param name="stepMicroseconds">Between exchanges on the workload's clock.</param>
    public SyntheticCampaign(IReadOnlyList<SyntheticShape> shapes, string[]? runs = null, int seed = 1, Func<string, RunManifest, RunManifest>? manifest = null, Func<string, (string Name, string Json)[]>? documents = null, Func<int, string?>? user = null, long stepMicroseconds = 1000)
    {
        _shapes = shapes;
        _user = user ?? (number => $"user{number}");
        _stepMicroseconds = stepMicroseconds;
        _documents = documents ?? (_ => []);
        WriteWorkload();
        foreach (var run in runs ?? ["A1", "A2", "B1", "B2"])
        {
            WriteRun(run, seed, manifest);
        }
    }

    public string Workload => Path.Combine(_folder.Path, "made.workload");

    public int Exchanges => _exchanges.Count;

    public string Run(string label) => Path.Combine(_folder.Path, $"{label}.run");

    public string[] Side(char side) => [.. Directory.GetDirectories(_folder.Path, $"{side}*.run").Order(StringComparer.Ordinal)];

    public string File(string name) => Path.Combine(_folder.Path, name);

    /// <summary>Twenty unremarkable shapes: enough for the common effect.</summary>
    public static List<SyntheticShape> Ordinary(int count = 20, int executions = 300) =>
        [.. Enumerable.Range(0, count).Select(i => new SyntheticShape($"select c{i} from t{i} where id = ?", executions, 500 * Math.Pow(1.3, i)))];

    public void Dispose() => _folder.Dispose();

    private void WriteWorkload()
    {
        // Shapes take turns, so that each occurs in all time blocks.
        var most = _shapes.Max(shape => shape.Executions);
        for (var turn = 0; turn < most; turn++)
        {
            for (var shape = 0; shape < _shapes.Count; shape++)
            {
                var before = (long)turn * _shapes[shape].Executions / most;
                if ((long)(turn + 1) * _shapes[shape].Executions / most > before)
                {
                    _exchanges.Add((shape, (int)before));
                }
            }
        }

        var counters = new CaptureCounters
        {
            PacketsSeen = (2L * _exchanges.Count) + 5,
            PacketsDecoded = 2L * _exchanges.Count,
            PacketsIgnored = new Dictionary<string, long>(StringComparer.Ordinal) { ["no payload"] = 5 },
            Sessions = _exchanges.Max(one => SessionOf(one)),
            Exchanges = _exchanges.Count,
        };
        var manifest = new WorkloadManifest { Id = _workloadId, Source = "live lo", Counters = counters, ToolVersion = "test", CreatedAt = DateTimeOffset.UnixEpoch, FirstAtMicroseconds = 0, LastAtMicroseconds = _exchanges.Count * _stepMicroseconds };
        using var writer = WorkloadWriter.Create(Workload, manifest);
        var sessions = _exchanges.Max(one => SessionOf(one));
        for (var number = 1; number <= sessions; number++)
        {
            var user = number == 1 ? "app" : _user(number);
            writer.WriteSession(new Session
            {
                Number = number,
                Engine = Engine.PostgreSql,
                Client = new IPEndPoint(number == 1 ? IPAddress.Loopback : IPAddress.Parse($"10.0.0.{number}"), 5555),
                Server = new IPEndPoint(IPAddress.Loopback, 5432),
                User = user,
                Database = user is null ? null : "shop",
                Parameters = new Dictionary<string, string> { ["application_name"] = number == 1 ? "web" : $"app{number}" },
                OpenedAtMicroseconds = 0,
                FromStart = true,
            });
        }

        var ordinals = new int[sessions + 1];
        var numbers = _shapes.Select((shape, i) => writer.AddShape(Engine.PostgreSql, 7, (ulong)i + 1, Encoding.UTF8.GetBytes(shape.Sql), shape.Class)).ToArray();
        for (var i = 0; i < _exchanges.Count; i++)
        {
            var shape = _shapes[_exchanges[i].Shape];
            var text = Encoding.UTF8.GetBytes(shape.Text?.Invoke(_exchanges[i].Execution) ?? shape.Sql);
            var exchange = Exchange.Empty;
            exchange.Session = SessionOf(_exchanges[i]);
            exchange.Ordinal = ordinals[exchange.Session]++;
            exchange.Command = shape.Command;
            exchange.Flags = ExchangeFlags.Complete | ExchangeFlags.RequestComplete | ExchangeFlags.Timed | ExchangeFlags.Hashed;
            exchange.Shape = numbers[_exchanges[i].Shape];
            exchange.Text = text;
            exchange.Request = shape.Bound is { } bound ? BindMessage(bound(_exchanges[i].Execution)) : text;
            exchange.StartedAtMicroseconds = exchange.RequestedAtMicroseconds = i * _stepMicroseconds;
            exchange.FirstByteAtMicroseconds = exchange.EndedAtMicroseconds = (i * _stepMicroseconds) + 400;
            exchange.TransactionState = shape.Transaction?.Invoke(_exchanges[i].Execution) ?? TransactionState.Idle;
            exchange.Rows = shape.ProductionRows;
            exchange.SetHash = 100;
            exchange.SequenceHash = 200;
            if (shape.RowsOf("P", _exchanges[i].Execution) is { } rows)
            {
                var hashes = HashOf(shape.Columns, rows);
                exchange.Rows = rows.Length;
                exchange.Columns = Columns(shape.Columns);
                exchange.Values = Values(rows[..1]);
                exchange.SetHash = hashes.SetHash;
                exchange.SequenceHash = hashes.SequenceHash;
                (exchange.NormalSetHash, exchange.NormalSequenceHash) = (hashes.NormalSetHash, hashes.NormalSequenceHash);
                exchange.ColumnHashes = rows.Length > 1 ? hashes.ColumnHashes : default;
                exchange.Flags |= ExchangeFlags.NormalHashed | (hashes.HasOtherForm ? ExchangeFlags.OtherForm : 0) | (rows.Length == 1 ? ExchangeFlags.AllValues : 0);
            }

            exchange.ErrorCode = Encoding.ASCII.GetBytes(shape.ProductionError ?? "");
            writer.WriteExchange(exchange);
        }

        writer.Complete(manifest with { CompletedAt = DateTimeOffset.UnixEpoch.AddHours(1) });
    }

    // Bind of the unnamed statement, all parameters as text.
    private static byte[] BindMessage(string?[] parameters)
    {
        var payload = new ArrayBufferWriter<byte>();
        void Write(int value, int bytes)
        {
            for (var shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
            {
                payload.Write([(byte)(value >> shift)]);
            }
        }

        Write(0, 4); // portal, statement, no formats
        Write(parameters.Length, 2);
        foreach (var parameter in parameters)
        {
            Write(parameter is null ? -1 : Encoding.UTF8.GetByteCount(parameter), 4);
            payload.Write(Encoding.UTF8.GetBytes(parameter ?? ""));
        }

        Write(0, 2);
        var length = payload.WrittenCount + 4;
        return [(byte)'B', (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. payload.WrittenSpan];
    }

    private int SessionOf((int Shape, int Execution) one) => _shapes[one.Shape].Session?.Invoke(one.Execution) ?? 1;

    private void WriteRun(string label, int seed, Func<string, RunManifest, RunManifest>? change)
    {
        var isCandidate = label[0] == 'B';
        var manifest = new RunManifest
        {
            WorkloadId = _workloadId,
            WorkloadFolder = Workload,
            Engine = Engine.PostgreSql,
            TargetUrl = $"postgres://app@127.0.0.1:{(isCandidate ? 5418 : 5415)}/shop",
            ServerVersion = isCandidate ? "18.1" : "15.8",
            StartedAt = DateTimeOffset.UnixEpoch.AddHours(2),
            Captured = _exchanges.Count,
        };
        manifest = change?.Invoke(label, manifest) ?? manifest;
        using var writer = RunWriter.Create(Run(label), manifest, _exchanges.Count);
        var parameters = new Random(seed);
        var noise = new Random(HashCode(label) + seed);
        long replayed = 0;
        for (var i = 0; i < _exchanges.Count; i++)
        {
            var (number, execution) = _exchanges[i];
            var shape = _shapes[number];
            var log = Math.Log(shape.MedianMicroseconds) + (0.5 * Gaussian(parameters)) + (shape.Deviation * Gaussian(noise)) + (isCandidate ? Math.Log(shape.Ratio) : 0);
            var outcome = new RunOutcome
            {
                Status = RunStatus.Replayed,
                Flags = RunFlags.Hashed,
                LatencyMicroseconds = (float)Math.Exp(log),
                Rows = 1,
                Affected = RunOutcome.NoCount,
                SetHash = 100,
                SequenceHash = 200,
            };
            if (shape.RowsOf(label, execution) is { } rows)
            {
                var hashes = HashOf(shape.Columns, rows);
                outcome.Rows = (uint)rows.Length;
                (outcome.SetHash, outcome.SequenceHash) = (hashes.NormalSetHash, hashes.NormalSequenceHash);
                outcome.Form = RunOutcome.FormOf(Exchange.Empty with { SetHash = hashes.SetHash, Flags = hashes.HasOtherForm ? ExchangeFlags.OtherForm : 0 });
                if (shape.IsSampled || hashes.SetHash != HashOf(shape.Columns, shape.RowsOf("P", execution)!).SetHash)
                {
                    // As the replayer does: what differs from production is kept.
                    writer.WriteValues(i, Columns(shape.Columns), Values(rows), rows.Length > 1 ? hashes.ColumnHashes : default);
                    outcome.Flags |= RunFlags.HasValues;
                }
            }

            outcome = shape.Change?.Invoke(label, execution, outcome) ?? outcome;
            if (shape.Error?.Invoke(label, execution) is { } code)
            {
                outcome.ErrorCode = writer.AddErrorCode(code);
                writer.WriteError(i, code, $"message of {code}");
            }

            replayed += outcome.Status == RunStatus.Replayed ? 1 : 0;
            writer.Set(i, outcome);
        }

        writer.WriteDocument("settings.json", $$"""{"work_mem":"{{(isCandidate ? "8MB" : "4MB")}}","port":"{{label}}","jit":"on"}""");
        foreach (var (name, json) in _documents(label))
        {
            writer.WriteDocument(name, json);
        }

        writer.Complete(manifest with { EndedAt = manifest.EndedAt ?? DateTimeOffset.UnixEpoch.AddHours(3), Replayed = replayed, Fitness = manifest.Fitness.Fit || manifest.Fitness.Reasons.Count > 0 ? manifest.Fitness : new RunFitness { Fit = true } });
    }

    private static byte[] Columns(Column[] columns)
    {
        var writer = new ArrayBufferWriter<byte>();
        ColumnList.Begin(writer, columns.Length);
        foreach (var column in columns)
        {
            ColumnList.AppendColumn(writer, Encoding.UTF8.GetBytes(column.Name), column.Type, column.Modifier, column.IsBinary);
        }

        return writer.WrittenSpan.ToArray();
    }

    private static byte[] Values(string?[][] rows)
    {
        var writer = new ArrayBufferWriter<byte>();
        foreach (var row in rows)
        {
            RowValues.BeginRow(writer, row.Length);
            foreach (var value in row)
            {
                if (value is null)
                {
                    RowValues.AppendNull(writer);
                }
                else
                {
                    RowValues.AppendValue(writer, Encoding.UTF8.GetBytes(value));
                }
            }
        }

        return writer.WrittenSpan.ToArray();
    }

    private static RowHasher HashOf(Column[] columns, string?[][] rows)
    {
        var hasher = default(RowHasher);
        hasher.Reset();
        foreach (var row in rows)
        {
            hasher.BeginRow();
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i] is { } value)
                {
                    hasher.AppendValue(Encoding.UTF8.GetBytes(value), ColumnForms.Of(Engine.PostgreSql, columns[i]));
                }
                else
                {
                    hasher.AppendNull();
                }
            }

            hasher.EndRow();
        }

        return hasher;
    }

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    // string.GetHashCode differs from process to process.
    private static int HashCode(string text) => text.Aggregate(17, (hash, character) => (hash * 31) + character);
}
